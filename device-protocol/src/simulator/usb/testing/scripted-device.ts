import type { DevicePort, SimulatedUsbDevice } from '../simulated-usb-device.ts';

/** What the device does, sent to it as JSON on its bulk pipe or in a vendor request. */
export type Deed =
  | { do: 'send'; endpoint: number; lengthBytes: number; isEnd: boolean }
  | { do: 'halt'; endpoint: number }
  | { do: 'flush'; endpoint: number }
  | { do: 'unplug' }
  | { do: 'reenumerate'; productId: number };

export const endpoints = { bulkIn: 0x81, bulkOut: 0x02, interruptIn: 0x83 };
export const maxPacketBytes = { bulk: 512, interrupt: 64 };
/** Vendor requests: do a deed; give back what the bulk pipe received; stall. */
export const requests = { deed: 1, heard: 2, stall: 3 };

/** Bytes whose place can be told from their value. */
export function pattern(lengthBytes: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
}

/** A device that does what it is told, to hold one carrier against another. */
export function scriptedDevice(productId = 0x0001): SimulatedUsbDevice & { calls: string[] } {
  const calls: string[] = [];
  let port: DevicePort;
  let heard: Uint8Array[] = [];

  function perform(deed: Deed): void {
    if (deed.do === 'send') port.send(deed.endpoint, pattern(deed.lengthBytes), { isEnd: deed.isEnd });
    else if (deed.do === 'halt') port.halt(deed.endpoint);
    else if (deed.do === 'flush') port.flush(deed.endpoint);
    else if (deed.do === 'unplug') port.unplug();
    else port.reenumerate(scriptedDevice(deed.productId), 1);
  }

  return {
    calls,
    descriptors: {
      vendorId: 0x1209,
      productId,
      release: 0x0102,
      manufacturer: '示例厂商',
      product: 'Scripted',
      serialNumber: 'DEMO-001',
      interfaces: [
        {
          number: 0,
          class: 0xff,
          subclass: 0x42,
          protocol: 1,
          endpoints: [
            { address: endpoints.bulkIn, type: 'bulk', maxPacketBytes: maxPacketBytes.bulk },
            { address: endpoints.bulkOut, type: 'bulk', maxPacketBytes: maxPacketBytes.bulk },
            { address: endpoints.interruptIn, type: 'interrupt', maxPacketBytes: maxPacketBytes.interrupt },
          ],
        },
      ],
    },
    attached: (given) => {
      port = given;
      heard = [];
      calls.push('attached');
    },
    detached: () => void calls.push('detached'),
    received: (endpoint, bytes) => {
      heard.push(bytes);
      calls.push(`received ${endpoint} ${bytes.length}`);
    },
    control: ({ request }, data) => {
      if (request === requests.deed) perform(JSON.parse(Buffer.from(data).toString('utf8')));
      else if (request === requests.heard) return Buffer.concat(heard.splice(0));
      else return null;
      return new Uint8Array(0);
    },
    haltCleared: (endpoint) => void calls.push(`cleared ${endpoint}`),
  };
}
