import type {
  Attachment,
  AttachmentEvent,
  RefusedDeviceReason,
  SerialTarget,
  VolumeTarget,
} from '../attachment.ts';
import { hasSerialConsole, type ModelMatch } from '../models/match-model.ts';
import type { UsbPresence } from './usb-presence.ts';

/** A recorder's card, mounted. */
export interface VolumeFace {
  instance: string;
  target: VolumeTarget;
}

/** A serial port that the configuration gives to the slot. */
export interface PortFace {
  instance: string;
  target: SerialTarget;
}

export interface DeviceFace extends UsbPresence {
  match: ModelMatch;
}

/** How long a slot waits for what a device promises. */
export interface FaceTimes {
  /** For the card of a mass-storage recorder to be mounted. */
  volumeWaitMs: number;
  /** For the serial line of a recorder to appear. */
  consoleWaitMs: number;
  /** For a recorder that switches its mode to come back. */
  modeSwitchMs: number;
}

/** A `switched` card is that of a recorder which was docked in its other mode. */
type FaceKind = 'device' | 'line' | 'volume' | 'switched' | 'port';

/** The face that a docking stands on: it ends when that face goes. */
interface Footing {
  kind: FaceKind;
  instance: string;
}

type Shown =
  | { type: 'docking'; instance: string; footing: Footing; device: DeviceFace | null }
  | { type: 'refused'; instance: string; reason: RefusedDeviceReason };

type Wanted =
  | { type: 'attach'; attachment: Attachment; footing: Footing }
  | { type: 'refuse'; device: DeviceFace; reason: RefusedDeviceReason }
  | { type: 'wait'; untilMs: number }
  | { type: 'nothing' };

/**
 * One slot: the faces a recorder shows there (USB device, mounted card, serial line), and the one docking or refusal
 * that follows from them. Pure: told what is there and what time it is, it answers with events. For each slot these
 * alternate: nothing is attached or refused before what came before it is detached.
 */
export class SlotFaces {
  readonly portPath: string;
  readonly #times: FaceTimes;
  #device: DeviceFace | null = null;
  #deviceSinceMs = 0;
  #volume: VolumeFace | null = null;
  /** A card whose device left is as good as unplugged, though it is still mounted. */
  #volumeIsOrphan = false;
  #volumeMissingSinceMs = 0;
  #port: PortFace | null = null;
  #shown: Shown | null = null;
  #holdUntilMs: number | null = null;

  constructor(portPath: string, times: FaceTimes) {
    this.portPath = portPath;
    this.#times = times;
  }

  /** The device on the port, or `null` where there is none. */
  seeDevice(device: DeviceFace | null, nowMs: number): AttachmentEvent[] {
    if (device?.instance !== this.#device?.instance) {
      if (this.#device !== null && this.#volume !== null) this.#volumeIsOrphan = true;
      this.#deviceSinceMs = nowMs;
      this.#volumeMissingSinceMs = nowMs;
    }
    this.#device = device;
    return this.settle(nowMs);
  }

  /** The card mounted for the port, or `null`. Of two looks, the device is to be seen before its card. */
  seeVolume(volume: VolumeFace | null, nowMs: number): AttachmentEvent[] {
    if (volume?.instance !== this.#volume?.instance) {
      this.#volumeIsOrphan = false;
      this.#volumeMissingSinceMs = nowMs;
    }
    this.#volume = volume;
    return this.settle(nowMs);
  }

  /** The configured serial port, or `null`. */
  seePort(port: PortFace | null, nowMs: number): AttachmentEvent[] {
    this.#port = port;
    return this.settle(nowMs);
  }

  /** From now on the docking outlives its device for a while: the recorder is about to come back as another one. */
  hold(nowMs: number): void {
    if (this.#shown?.type === 'docking') this.#holdUntilMs = nowMs + this.#times.modeSwitchMs;
  }

  endHold(nowMs: number): AttachmentEvent[] {
    this.#holdUntilMs = null;
    return this.settle(nowMs);
  }

  /** The card of the recorder whose docking is held, once: from here on the docking stands on it. */
  takeVolume(): VolumeTarget | null {
    const shown = this.#shown;
    const volume = this.#usableVolume();
    if (shown?.type !== 'docking' || volume === null || !this.#isSameRecorder(shown)) return null;
    shown.footing = { kind: 'switched', instance: volume.instance };
    return volume.target;
  }

  /** When to ask again although nothing changed; `null` for never. */
  deadlineMs(nowMs: number): number | null {
    if (this.#shown?.type === 'docking') return this.#holdUntilMs;
    const wanted = this.#wanted(nowMs);
    return wanted.type === 'wait' ? wanted.untilMs : null;
  }

  hasDevice(): boolean {
    return this.#device !== null;
  }

  /** Whether its recorder is about to come back as another device. */
  isHeld(): boolean {
    return this.#holdUntilMs !== null;
  }

  /** Whether nothing is there and nothing is shown. */
  isEmpty(): boolean {
    return this.#device === null && this.#volume === null && this.#port === null && this.#shown === null;
  }

  settle(nowMs: number): AttachmentEvent[] {
    const events: AttachmentEvent[] = [];
    if (this.#holdUntilMs !== null && nowMs >= this.#holdUntilMs) this.#holdUntilMs = null;
    if (this.#shown !== null && !this.#stands(this.#shown, nowMs)) {
      events.push({ type: 'detached', portPath: this.portPath, instance: this.#shown.instance });
      this.#shown = null;
      this.#holdUntilMs = null;
    }
    if (this.#shown === null) events.push(...this.#begin(this.#wanted(nowMs)));
    return events;
  }

  #begin(wanted: Wanted): AttachmentEvent[] {
    if (wanted.type === 'attach') {
      const { attachment, footing } = wanted;
      this.#shown = { type: 'docking', instance: attachment.instance, footing, device: this.#device };
      return [{ type: 'attached', attachment }];
    }
    if (wanted.type === 'refuse') {
      const { device, reason } = wanted;
      this.#shown = { type: 'refused', instance: device.instance, reason };
      const { portPath } = this;
      return [{ type: 'refused', portPath, instance: device.instance, device: device.device, reason }];
    }
    return [];
  }

  #stands(shown: Shown, nowMs: number): boolean {
    if (shown.type === 'refused') {
      const wanted = this.#wanted(nowMs);
      return (
        wanted.type === 'refuse' &&
        wanted.device.instance === shown.instance &&
        wanted.reason === shown.reason
      );
    }
    if (this.#device?.match.known === false) return false;
    if (this.#isThere(shown.footing)) return true;
    return this.#holdUntilMs !== null && this.#isSameRecorder(shown);
  }

  #isThere({ kind, instance }: Footing): boolean {
    const device = this.#device;
    const way = device?.match.known === true ? device.match.model.way.by : null;
    switch (kind) {
      case 'device':
        return device?.instance === instance;
      case 'line':
        return device !== null && lineInstance(device) === instance;
      case 'volume':
        return this.#usableVolume()?.instance === instance && (way === null || way === 'mount');
      case 'switched':
        return this.#usableVolume()?.instance === instance;
      case 'port':
        // What holds the clips comes first; a line that was docked before it was there gives way.
        return this.#port?.instance === instance && this.#volume === null && (way === null || way === 'tty');
    }
  }

  /** Whether what is on the port now can be the recorder of a docking, in the same mode or in its other one. */
  #isSameRecorder({ device }: Shown & { type: 'docking' }): boolean {
    const now = this.#device;
    if (now === null || device === null || now.instance === device.instance) return true;
    if (!now.match.known || !device.match.known) return false;
    const { key } = now.match.model;
    const isItsModel = key === device.match.model.key || key === device.match.model.becomes;
    const [before, after] = [device.device.serialNumber, now.device.serialNumber];
    return isItsModel && (before === null || after === null || before === after);
  }

  #usableVolume(): VolumeFace | null {
    return this.#volumeIsOrphan ? null : this.#volume;
  }

  #wanted(nowMs: number): Wanted {
    const device = this.#device;
    if (device === null) return this.#wantedWithoutDevice();
    if (!device.match.known) return { type: 'refuse', device, reason: device.match.reason };
    const { way } = device.match.model;
    switch (way.by) {
      case 'mount':
        return this.#wantedOfCard(device, nowMs);
      case 'tty':
        return this.#wantedOfLine(device, way.baudRate, nowMs);
      case 'interface': {
        const { model, interface: claimed } = device.match;
        const target = {
          type: 'usb',
          device: device.device,
          driver: way.driver,
          interfaceNumber: claimed.number,
          model: model.key,
        } as const;
        return this.#attach('device', { instance: device.instance, target });
      }
    }
  }

  #wantedWithoutDevice(): Wanted {
    const volume = this.#usableVolume();
    const port = this.#port;
    if (volume !== null) return this.#attach('volume', volume, port?.target);
    // Under a card that is being unmounted nothing new begins.
    if (this.#volume !== null || port === null) return { type: 'nothing' };
    return this.#attach('port', port);
  }

  #wantedOfCard(device: DeviceFace, nowMs: number): Wanted {
    const volume = this.#usableVolume();
    if (volume === null) {
      const untilMs = this.#volumeMissingSinceMs + this.#times.volumeWaitMs;
      return nowMs < untilMs ? { type: 'wait', untilMs } : { type: 'refuse', device, reason: 'no-volume' };
    }
    const console = this.#consoleOf(device);
    const untilMs = this.#deviceSinceMs + this.#times.consoleWaitMs;
    if (console === 'expected' && nowMs < untilMs) return { type: 'wait', untilMs };
    return this.#attach('volume', volume, console === 'expected' ? undefined : console);
  }

  /** The serial line beside a card: there, promised by the descriptors, or none. */
  #consoleOf({ match, device, terminals }: DeviceFace): SerialTarget | 'expected' | undefined {
    if (this.#port !== null) return this.#port.target;
    if (!match.known || !match.model.hasConsole || !hasSerialConsole(device)) return undefined;
    const [devicePath] = terminals;
    return devicePath === undefined ? 'expected' : { type: 'serial', devicePath, baudRate: consoleBaudRate };
  }

  #wantedOfLine(device: DeviceFace, baudRate: number, nowMs: number): Wanted {
    const port = this.#port;
    if (port !== null) return this.#attach('port', port);
    const [devicePath] = device.terminals;
    if (devicePath !== undefined) {
      const target = { type: 'serial', devicePath, baudRate } as const;
      return this.#attach('line', { instance: lineInstance(device), target });
    }
    const untilMs = this.#deviceSinceMs + this.#times.consoleWaitMs;
    return nowMs < untilMs ? { type: 'wait', untilMs } : { type: 'refuse', device, reason: 'no-serial-line' };
  }

  #attach(kind: FaceKind, face: Pick<Attachment, 'instance' | 'target'>, console?: SerialTarget): Wanted {
    const { portPath } = this;
    const { instance, target } = face;
    const attachment: Attachment =
      console === undefined ? { portPath, instance, target } : { portPath, instance, target, console };
    return { type: 'attach', attachment, footing: { kind, instance } };
  }
}

function lineInstance({ instance, terminals }: DeviceFace): string {
  return `${instance}:${terminals[0] ?? ''}`;
}

/** A CDC-ACM line carries bytes at the speed of USB, whatever it is told. */
const consoleBaudRate = 115_200;
