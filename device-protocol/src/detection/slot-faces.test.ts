import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttachmentEvent, AttachmentTarget } from '../attachment.ts';
import { matchModel } from '../models/match-model.ts';
import { usbDevice } from '../models/testing/usb-device.ts';
import type { UsbDeviceFacts } from '../usb/usb-device.ts';
import { type DeviceFace, type PortFace, SlotFaces, type VolumeFace } from './slot-faces.ts';

const portPath = '1-1.2';
const times = { volumeWaitMs: 300, consoleWaitMs: 100, modeSwitchMs: 500 };

function device(
  instance: string,
  interfaces: readonly string[],
  own: Partial<UsbDeviceFacts> = {},
  terminals: readonly string[] = [],
): DeviceFace {
  const facts = usbDevice(interfaces, own);
  return { device: facts, instance, terminals, match: matchModel(facts) };
}

const volume = (instance: string): VolumeFace => ({
  instance,
  target: { type: 'volume', directory: `/volumes/${instance}` },
});
const port: PortFace = {
  instance: 'p',
  target: { type: 'serial', devicePath: '/dev/serial', baudRate: 9600 },
};
const stick = (instance: string) => device(instance, ['080650']);
const command = (instance: string, serialNumber: string | null = 'R1') =>
  device(instance, ['080650'], { vendorId: 0x0595, productId: 0x4343, serialNumber });
const storage = (instance: string, serialNumber: string | null = 'R1') =>
  device(instance, ['080650'], { vendorId: 0x0595, productId: 0x2002, serialNumber });

/** Events as one reads them aloud. */
const told = (events: readonly AttachmentEvent[]) => events.map(toldOne);
const toldOne = (event: AttachmentEvent): string => {
  if (event.type === 'refused') return `refused ${event.reason}`;
  if (event.type === 'detached') return `detached ${event.instance}`;
  const { target, console } = event.attachment;
  return `attached ${nameOf(target)}${console === undefined ? '' : ` and ${nameOf(console)}`}`;
};
const nameOf = (target: AttachmentTarget) => {
  if (target.type === 'volume') return target.directory;
  return target.type === 'serial' ? target.devicePath : `${target.driver} of ${target.model}`;
};

describe('a card', () => {
  test('is docked when it is mounted, and leaves with its device although it is still mounted', () => {
    const slot = new SlotFaces(portPath, times);
    expect(slot.seeDevice(stick('d1'), 0)).toEqual([]);
    expect(told(slot.seeVolume(volume('v1'), 10))).toEqual(['attached /volumes/v1']);
    expect(told(slot.seeDevice(null, 20))).toEqual(['detached v1']);
    expect(slot.settle(10_000)).toEqual([]);
    expect(slot.seeVolume(null, 10_010)).toEqual([]);
    expect(slot.isEmpty()).toBe(true);
  });

  test('of another recorder is not taken for the one that is still mounted', () => {
    const slot = new SlotFaces(portPath, times);
    slot.seeDevice(stick('d1'), 0);
    slot.seeVolume(volume('v1'), 1);
    expect(told(slot.seeDevice(stick('d2'), 2))).toEqual(['detached v1']);
    expect(slot.settle(100)).toEqual([]);
    expect(told(slot.seeVolume(volume('v2'), 101))).toEqual(['attached /volumes/v2']);
  });

  test('that is never mounted is told, and docked all the same when it comes', () => {
    const slot = new SlotFaces(portPath, times);
    slot.seeDevice(stick('d1'), 0);
    expect(slot.deadlineMs(0)).toBe(300);
    expect(slot.settle(299)).toEqual([]);
    expect(told(slot.settle(300))).toEqual(['refused no-volume']);
    expect(slot.deadlineMs(300)).toBe(null);
    expect(told(slot.seeVolume(volume('v1'), 400))).toEqual(['detached d1', 'attached /volumes/v1']);
  });

  test('without any USB device is docked as it comes: a folder is a slot too', () => {
    const slot = new SlotFaces(portPath, times);
    expect(told(slot.seeVolume(volume('v1'), 0))).toEqual(['attached /volumes/v1']);
    expect(told(slot.seeVolume(volume('v2'), 1))).toEqual(['detached v1', 'attached /volumes/v2']);
    expect(told(slot.seeVolume(null, 2))).toEqual(['detached v2']);
  });
});

describe('a card with a console', () => {
  const composite = (terminals: readonly string[]) =>
    device('d1', ['080650', '020201', '0a0000'], {}, terminals);

  test('is one recorder', () => {
    const slot = new SlotFaces(portPath, times);
    slot.seeDevice(composite(['/dev/ttyACM0']), 0);
    expect(told(slot.seeVolume(volume('v1'), 1))).toEqual(['attached /volumes/v1 and /dev/ttyACM0']);
    expect(told(slot.seeDevice(null, 2))).toEqual(['detached v1']);
  });

  test('waits a little for the console, and is docked without it', () => {
    const slot = new SlotFaces(portPath, times);
    slot.seeDevice(composite([]), 0);
    expect(slot.seeVolume(volume('v1'), 1)).toEqual([]);
    expect(told(slot.settle(100))).toEqual(['attached /volumes/v1']);
    expect(slot.seeDevice(composite(['/dev/ttyACM0']), 101)).toEqual([]);
  });

  test('may have the console that the configuration gives to its slot', () => {
    const slot = new SlotFaces(portPath, times);
    expect(told(slot.seePort(port, 0))).toEqual(['attached /dev/serial']);
    expect(told(slot.seeVolume(volume('v1'), 1))).toEqual([
      'detached p',
      'attached /volumes/v1 and /dev/serial',
    ]);
  });
});

describe('a recorder that switches its mode', () => {
  const switching = () => {
    const slot = new SlotFaces(portPath, times);
    expect(told(slot.seeDevice(command('d1'), 0))).toEqual(['attached scsi of dv16-command']);
    slot.hold(10);
    return slot;
  };

  test('is one docking, which stands on its card from then on', () => {
    const slot = switching();
    expect(slot.seeDevice(null, 20)).toEqual([]);
    expect(slot.takeVolume()).toBe(null);
    expect(slot.seeDevice(storage('d2'), 30)).toEqual([]);
    expect(slot.seeVolume(volume('v1'), 40)).toEqual([]);
    expect(slot.takeVolume()).toEqual(volume('v1').target);
    expect(slot.endHold(50)).toEqual([]);
    expect(slot.settle(10_000)).toEqual([]);
    expect(told(slot.seeDevice(null, 10_001))).toEqual(['detached d1']);
  });

  test('that shows its card without leaving is one docking too', () => {
    const slot = switching();
    slot.seeVolume(volume('v1'), 20);
    expect(slot.takeVolume()).toEqual(volume('v1').target);
    expect(slot.endHold(30)).toEqual([]);
    expect(told(slot.seeVolume(null, 40))).toEqual(['detached d1', 'attached scsi of dv16-command']);
  });

  test('and never comes back has left', () => {
    const slot = switching();
    slot.seeDevice(null, 20);
    expect(slot.deadlineMs(20)).toBe(510);
    expect(told(slot.settle(510))).toEqual(['detached d1']);
    expect(slot.isEmpty()).toBe(true);
  });

  test.each([
    ['of another kind', stick('d2')],
    ['with another serial number', storage('d2', 'R2')],
    ['that is none', device('d2', ['080650', '030101'])],
  ])('is not mistaken for one %s put in its place', (_what, other) => {
    const slot = switching();
    slot.seeDevice(null, 20);
    const [left] = slot.seeDevice(other, 30);
    expect(left).toMatchObject({ type: 'detached', instance: 'd1' });
  });
});

describe('a device that is no recorder', () => {
  test('is refused, its card with it, and gone when it is unplugged', () => {
    const slot = new SlotFaces(portPath, times);
    expect(told(slot.seeVolume(volume('v1'), 0))).toEqual(['attached /volumes/v1']);
    const badStick = device('d1', ['080650', '030101']);
    expect(told(slot.seeDevice(badStick, 1))).toEqual(['detached v1', 'refused foreign-interface']);
    expect(told(slot.seeDevice(null, 2))).toEqual(['detached d1']);
  });
});

test('a serial recorder is docked on its line, and told where the line does not come', () => {
  const line = (terminals: readonly string[]) => device('d1', ['020201', '0a0000'], {}, terminals);
  const slot = new SlotFaces(portPath, times);
  slot.seeDevice(line([]), 0);
  expect(told(slot.settle(100))).toEqual(['refused no-serial-line']);
  expect(told(slot.seeDevice(line(['/dev/ttyACM0']), 101))).toEqual(['detached d1', 'attached /dev/ttyACM0']);
  expect(told(slot.seeDevice(line(['/dev/ttyACM3']), 102))).toEqual([
    'detached d1:/dev/ttyACM0',
    'attached /dev/ttyACM3',
  ]);
});

/** Whatever can happen to a slot, in any order. */
type Happening =
  | { type: 'device'; kind: number }
  | { type: 'volume' }
  | { type: 'no-device' | 'no-volume' | 'port' | 'no-port' | 'hold' | 'end-hold' | 'take' }
  | { type: 'time'; ms: number };

const kinds: ((instance: string) => DeviceFace)[] = [
  stick,
  command,
  storage,
  (instance) => device(instance, ['060101']),
  (instance) => device(instance, ['080650', '020201'], {}, ['/dev/ttyACM0']),
  (instance) => device(instance, ['080650', '020201']),
  (instance) => device(instance, ['020201'], {}, ['/dev/ttyACM1']),
  (instance) => device(instance, ['020201']),
  (instance) => device(instance, ['ff0000']),
  (instance) => device(instance, ['080650', '030101']),
];

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('device' as const), kind: fc.nat(kinds.length - 1) }),
  fc.record({ type: fc.constant('volume' as const) }),
  fc.record({
    type: fc.constantFrom(
      'no-device' as const,
      'no-volume' as const,
      'port' as const,
      'no-port' as const,
      'hold' as const,
      'end-hold' as const,
      'take' as const,
    ),
  }),
  fc.record({ type: fc.constant('time' as const), ms: fc.nat(400) }),
);

/** Plays a story to a slot and keeps what stands there, checking that each thing leaves before the next comes. */
class Stage {
  readonly slot = new SlotFaces(portPath, times);
  standing: Exclude<AttachmentEvent, { type: 'detached' }> | null = null;
  nowMs = 0;
  device: DeviceFace | null = null;
  volume: VolumeFace | null = null;
  port: PortFace | null = null;
  volumeLostItsDevice = false;
  hasSwitched = false;
  #count = 0;

  play(one: Happening): void {
    this.nowMs += 1;
    if (one.type === 'device') this.seeDevice(kinds[one.kind]?.(`d${++this.#count}`) ?? null);
    else if (one.type === 'no-device') this.seeDevice(null);
    else if (one.type === 'volume') this.seeVolume(volume(`v${++this.#count}`));
    else if (one.type === 'no-volume') this.seeVolume(null);
    else if (one.type === 'port') this.seePort(port);
    else if (one.type === 'no-port') this.seePort(null);
    else if (one.type === 'hold') this.slot.hold(this.nowMs);
    else if (one.type === 'end-hold') this.#hear(this.slot.endHold(this.nowMs));
    else if (one.type === 'time') this.pass(one.ms);
    else if (this.slot.takeVolume() !== null) this.hasSwitched = true;
  }

  seePort(face: PortFace | null): void {
    this.port = face;
    this.#hear(this.slot.seePort(face, this.nowMs));
  }

  seeDevice(face: DeviceFace | null): void {
    if (this.device !== null && this.volume !== null) this.volumeLostItsDevice = true;
    this.device = face;
    this.#hear(this.slot.seeDevice(face, this.nowMs));
  }

  seeVolume(face: VolumeFace | null): void {
    this.volumeLostItsDevice = false;
    this.volume = face;
    this.#hear(this.slot.seeVolume(face, this.nowMs));
  }

  /** Time passes; the slot is asked when it wants to be, as its owner does. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const deadlineMs = this.slot.deadlineMs(this.nowMs);
      if (deadlineMs === null || deadlineMs > endMs) break;
      expect(deadlineMs).toBeGreaterThan(this.nowMs);
      this.nowMs = deadlineMs;
      this.#hear(this.slot.settle(this.nowMs));
    }
    this.nowMs = endMs;
  }

  #hear(events: readonly AttachmentEvent[]): void {
    for (const event of events) {
      if (event.type === 'detached') {
        expect(this.standing).not.toBe(null);
        expect(event.instance).toBe(instanceOf(this.standing));
        this.standing = null;
        this.hasSwitched = false;
      } else {
        expect(this.standing).toBe(null);
        this.standing = event;
      }
    }
  }
}

const instanceOf = (event: Stage['standing']) =>
  event?.type === 'attached' ? event.attachment.instance : event?.instance;
const kindOf = (event: Stage['standing']) => {
  if (event === null) return 'nothing';
  return event.type === 'attached' ? event.attachment.target.type : event.reason;
};

describe('in whatever order things happen', () => {
  test('one thing stands in a slot at a time, and all of them leave', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
        const stage = new Stage();
        for (const one of story) stage.play(one);
        stage.seeDevice(null);
        stage.seeVolume(null);
        stage.seePort(null);
        stage.pass(times.modeSwitchMs + 1);
        expect(stage.standing).toBe(null);
        expect(stage.slot.isEmpty()).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('a slot comes to show what one that saw only the end would show', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
        const stage = new Stage();
        for (const one of story) stage.play(one);
        stage.play({ type: 'end-hold' });
        stage.pass(1_000);
        fc.pre(!stage.hasSwitched);
        const late = new Stage();
        late.seeDevice(stage.device);
        if (!stage.volumeLostItsDevice) late.seeVolume(stage.volume);
        // A card that is being unmounted still keeps its slot.
        else if (stage.device === null && stage.volume !== null) return;
        late.seePort(stage.port);
        late.pass(1_000);
        expect(kindOf(stage.standing)).toBe(kindOf(late.standing));
      }),
      { numRuns: 3000 },
    );
  });
});
