import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { descriptorOf } from '../simulator/usb/descriptors.ts';
import type { SimulatedDescriptors } from '../simulator/usb/simulated-usb-device.ts';
import { parseConfiguration, parseDeviceDescriptor, parseStringDescriptor } from './parse-descriptors.ts';
import { UsbError } from './usb-connection.ts';

const numRuns = Number(process.env.DOCKET_FUZZ_RUNS ?? 300);
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A camera (still image) with a storage interface beside it, from USB 2.0 §9.6 by hand. */
const configuration = fromHex(
  [
    '0902 3e00 02 01 00 c0 fa',
    '0904 00 00 03 06 01 01 00',
    '0705 81 02 0002 00',
    '0705 02 02 0002 00',
    '0705 83 03 1c00 06',
    // A class descriptor in between, of no interest here.
    '0524 00 1001',
    '0904 02 00 01 08 06 50 00',
    '0705 84 02 0002 00',
    // Alternate setting 1 of the same interface.
    '0904 02 01 00 08 06 62 00',
  ]
    .join('')
    .replaceAll(' ', ''),
);

test('interfaces and endpoints of alternate setting 0', () => {
  expect(parseConfiguration(configuration)).toEqual([
    {
      number: 0,
      class: 6,
      subclass: 1,
      protocol: 1,
      endpoints: [
        { address: 0x81, type: 'bulk', maxPacketBytes: 512 },
        { address: 0x02, type: 'bulk', maxPacketBytes: 512 },
        { address: 0x83, type: 'interrupt', maxPacketBytes: 28 },
      ],
    },
    {
      number: 2,
      class: 8,
      subclass: 6,
      protocol: 0x50,
      endpoints: [{ address: 0x84, type: 'bulk', maxPacketBytes: 512 }],
    },
  ]);
});

describe('what no device may say', () => {
  test.each([
    ['a descriptor of no length', `${Buffer.from(configuration).toString('hex', 0, 18)}0005`, 1],
    ['a descriptor past the end', `${Buffer.from(configuration).toString('hex', 0, 18)}ff05`, 1],
    [
      'an endpoint that carries nothing',
      `${Buffer.from(configuration).toString('hex', 0, 18)}07058102000000`,
      1,
    ],
    ['an endpoint before any interface', '07058102000200', 0],
    ['nothing', '', 0],
  ])('%s is passed over', (_, hex, interfaces) => {
    const found = parseConfiguration(fromHex(hex));
    expect(found.length).toBe(interfaces);
    expect(found.flatMap(({ endpoints }) => endpoints)).toEqual([]);
  });

  test('a device descriptor cut short is an error', () => {
    expect(() => parseDeviceDescriptor(fromHex('1201000200000040'))).toThrow(UsbError);
  });

  test('control characters in a name are shown, and half a character is cut off', () => {
    expect(parseStringDescriptor(fromHex('0803610007002e20'))).toBe('a\\u{7}\\u{202e}');
    expect(parseStringDescriptor(fromHex('0703610062007a'))).toBe('ab');
    expect(parseStringDescriptor(fromHex('0203'))).toBeNull();
    expect(parseStringDescriptor(fromHex('0402'))).toBeNull();
  });
});

const byte = fc.nat(255);
const anyDevice: fc.Arbitrary<SimulatedDescriptors> = fc.record({
  vendorId: fc.nat(0xffff),
  productId: fc.nat(0xffff),
  release: fc.nat(0xffff),
  manufacturer: fc.constantFrom('', '示例厂商', 'WellDVR'),
  product: fc.constantFrom('', '执法记录仪'),
  serialNumber: fc.constantFrom('', 'DEMO-001'),
  interfaces: fc.uniqueArray(
    fc.record({
      number: fc.nat(31),
      class: byte,
      subclass: byte,
      protocol: byte,
      endpoints: fc.uniqueArray(
        fc.record({
          address: fc.constantFrom(0x81, 0x02, 0x83, 0x04),
          type: fc.constantFrom('bulk', 'interrupt'),
          maxPacketBytes: fc.integer({ min: 1, max: 1024 }),
        }),
        { selector: ({ address }) => address, maxLength: 4 },
      ),
    }),
    { selector: ({ number }) => number, maxLength: 4 },
  ),
});

test('what a simulated device says is what is read', () => {
  fc.assert(
    fc.property(anyDevice, (device) => {
      const read = (type: number, index = 0) => descriptorOf(device, type, index) ?? new Uint8Array();
      const { vendorId, productId, release, manufacturerIndex, productIndex, serialNumberIndex } =
        parseDeviceDescriptor(read(1));
      expect({ vendorId, productId, release }).toEqual({
        vendorId: device.vendorId,
        productId: device.productId,
        release: device.release,
      });
      expect(parseConfiguration(read(2))).toEqual(device.interfaces);
      const names = [manufacturerIndex, productIndex, serialNumberIndex].map((index) =>
        index === 0 ? '' : parseStringDescriptor(read(3, index)),
      );
      expect(names).toEqual([device.manufacturer, device.product, device.serialNumber]);
    }),
    { numRuns },
  );
});

test('damaged or made up, it is read within bounds', () => {
  const changes = fc.array(fc.record({ at: fc.nat(), to: byte }), { maxLength: 6 });
  const made = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(changes, made, fc.boolean(), (all, other, isMade) => {
      const bytes = Uint8Array.from(isMade ? other : configuration);
      for (const { at, to } of all) if (bytes.length > 0) bytes[at % bytes.length] = to;
      for (const { endpoints } of parseConfiguration(bytes)) {
        expect(endpoints.length).toBeLessThanOrEqual(30);
        expect(endpoints.every(({ maxPacketBytes }) => maxPacketBytes > 0)).toBe(true);
      }
      parseStringDescriptor(bytes);
    }),
    { numRuns },
  );
});
