import { hex } from './hex.ts';
import type { KnownModel } from './known-model.ts';

/** A serial adapter that a dock's owner says recorders hang on. Without that, an adapter could be anything. */
export interface SerialAdapter {
  vendorId: number;
  productId: number;
  baudRate: number;
}

/** A row for such an adapter, whatever interface it has. */
export function serialAdapterModel({ vendorId, productId, baudRate }: SerialAdapter): KnownModel[] {
  return [0xff, 0x02].map((interfaceClass) => ({
    key: `serial-adapter-${hex(vendorId, 4)}-${hex(productId, 4)}`,
    title: 'Serial adapter',
    match: { vendorId, productId, interface: { class: interfaceClass } },
    way: { by: 'tty', baudRate },
    hasConsole: false,
    capabilities: [],
    becomes: null,
  }));
}
