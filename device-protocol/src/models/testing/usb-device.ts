import type { UsbDeviceFacts, UsbInterfaceFacts } from '../../usb/usb-device.ts';

/** A device as the kernel would describe it, for tests; interfaces as class triples, `'080650'`. */
export function usbDevice(interfaces: readonly string[], own: Partial<UsbDeviceFacts> = {}): UsbDeviceFacts {
  return {
    portPath: '1-1.2',
    busNumber: 1,
    deviceAddress: 5,
    vendorId: 0x1234,
    productId: 0xabcd,
    release: 0x0100,
    class: 0,
    manufacturer: null,
    product: null,
    serialNumber: null,
    interfaces: interfaces.map(interfaceOf),
    ...own,
  };
}

function interfaceOf(triple: string, number: number): UsbInterfaceFacts {
  const byte = (at: number) => Number.parseInt(triple.slice(at, at + 2), 16);
  return { number, class: byte(0), subclass: byte(2), protocol: byte(4) };
}
