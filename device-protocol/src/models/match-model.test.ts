import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UsbDeviceFacts } from '../usb/usb-device.ts';
import { foreignInterfaces } from './foreign-interfaces.ts';
import { knownModels } from './known-models.ts';
import { isHub, matchModel } from './match-model.ts';
import { serialAdapterModel } from './serial-adapter.ts';
import { usbDevice } from './testing/usb-device.ts';

const outcome = (device: UsbDeviceFacts) => {
  const match = matchModel(device);
  return match.known ? match.model.key : match.reason;
};

describe('a device is known', () => {
  test.each([
    ['any stick', ['080650'], {}, 'mass-storage'],
    ['any UAS disk', ['080662'], {}, 'uas'],
    ['any camera', ['060101'], {}, 'ptp'],
    ['an Android camera with a debug interface', ['060101', 'ff4201'], {}, 'ptp'],
    ['a line of its own', ['020201', '0a0000'], {}, 'cdc-acm'],
    ['storage and console', ['080650', '020201', '0a0000'], {}, 'mass-storage'],
    ['DV16 in command mode', ['080650'], { vendorId: 0x0595, productId: 0x4343 }, 'dv16-command'],
    ['DV16 in storage mode', ['080650'], { vendorId: 0x0595, productId: 0x2002 }, 'dv16-storage'],
    ['QEMU storage', ['080650'], { vendorId: 0x46f4, productId: 0x0001 }, 'qemu-storage'],
    ['QEMU MTP', ['060101'], { vendorId: 0x46f4, productId: 0x0004 }, 'qemu-mtp'],
    [
      'QEMU serial',
      ['ffffff'],
      { vendorId: 0x0403, productId: 0x6001, product: 'QEMU USB SERIAL' },
      'qemu-serial',
    ],
  ])('%s', (_what, interfaces, own, key) => {
    expect(outcome(usbDevice(interfaces, own))).toBe(key);
  });

  test('by the interface that is to be claimed', () => {
    const match = matchModel(usbDevice(['ff0000', '060101']));
    expect(match).toMatchObject({ known: true, interface: { number: 1, class: 6 } });
  });

  test('as a serial adapter only where the configuration names it', () => {
    const adapter = usbDevice(['ffffff'], { vendorId: 0x0403, productId: 0x6001, product: 'FT232R' });
    expect(outcome(adapter)).toBe('unknown-model');
    const models = [
      ...serialAdapterModel({ vendorId: 0x0403, productId: 0x6001, baudRate: 9600 }),
      ...knownModels,
    ];
    expect(matchModel(adapter, models)).toMatchObject({
      known: true,
      model: { way: { by: 'tty', baudRate: 9600 } },
    });
  });
});

describe('a device is refused', () => {
  test.each([
    ['an interface of its vendor alone', ['ff4201'], 'unknown-model'],
    ['a webcam', ['0e0100', '0e0200'], 'unknown-model'],
    ['a microphone', ['010100', '010200'], 'unknown-model'],
    ['no interface at all', [], 'unknown-model'],
    ['a keyboard', ['030101'], 'foreign-interface'],
    ['a smart card reader', ['0b0000'], 'foreign-interface'],
    ['a printer', ['070102'], 'foreign-interface'],
    ['an Ethernet adapter', ['020600', '0a0000'], 'foreign-interface'],
    ['a phone that shares its network (NCM)', ['020d00', '0a0001'], 'foreign-interface'],
    ['a phone that shares its network (RNDIS)', ['e00103', '0a0000'], 'foreign-interface'],
    ['a stick that types', ['080650', '030101'], 'foreign-interface'],
  ])('%s', (_what, interfaces, reason) => {
    expect(outcome(usbDevice(interfaces))).toBe(reason);
  });
});

const byte = fc.integer({ min: 0, max: 255 });
const triple = fc
  .tuple(byte, byte, byte)
  .map((parts) => parts.map((part) => part.toString(16).padStart(2, '0')).join(''));
const known = fc.constantFrom('080650', '080662', '060101', '020201', 'ff4201', 'ffffff');
const ids = fc.constantFrom(
  {},
  ...knownModels.map(({ match }) => ({
    vendorId: match.vendorId ?? 1,
    productId: match.productId ?? 1,
    product: match.product ?? null,
  })),
);

test('one foreign interface refuses a device, whatever its ids and its other interfaces', () => {
  const foreign = fc.constantFrom(...foreignInterfaces).chain((rule) =>
    fc.tuple(byte, byte).map(([subclass, protocol]) => ({
      number: 99,
      class: rule.class,
      subclass: rule.subclass ?? subclass,
      protocol: rule.protocol ?? protocol,
    })),
  );
  fc.assert(
    fc.property(
      ids,
      fc.array(fc.oneof(known, triple), { maxLength: 6 }),
      foreign,
      fc.nat(),
      (own, others, one, at) => {
        const device = usbDevice(others, own);
        const interfaces = device.interfaces.toSpliced(at % (others.length + 1), 0, one);
        expect(outcome({ ...device, interfaces })).toBe('foreign-interface');
      },
    ),
  );
});

test('what is opened has the interface it is opened by; what is of its vendor alone is opened by its ids only', () => {
  fc.assert(
    fc.property(ids, fc.array(fc.oneof(known, triple), { maxLength: 6 }), (own, interfaces) => {
      const device = usbDevice(interfaces, own);
      const match = matchModel(device);
      if (!match.known) return;
      expect(device.interfaces).toContainEqual(match.interface);
      if (match.interface.class === 0xff) {
        expect(device).toMatchObject({
          vendorId: match.model.match.vendorId,
          productId: match.model.match.productId,
        });
      }
    }),
  );
});

test('a hub is told by its class', () => {
  expect(isHub(usbDevice(['090000'], { class: 9 }))).toBe(true);
  expect(isHub(usbDevice(['090001', '090002']))).toBe(true);
  expect(isHub(usbDevice(['080650']))).toBe(false);
  expect(isHub(usbDevice([]))).toBe(false);
});
