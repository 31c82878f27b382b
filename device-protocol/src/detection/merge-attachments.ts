import { setTimeout as delay } from 'node:timers/promises';
import type { Attachment, AttachmentEvent, AttachmentSource, VolumeTarget } from '../attachment.ts';
import type { KnownModel } from '../models/known-model.ts';
import { knownModels } from '../models/known-models.ts';
import type { SerialPortSetting } from '../transport/serial-attachments.ts';
import { claimedTerminals, deviceFace } from './device-face.ts';
import type { DetachHold, FaceWatch } from './face-watch.ts';
import { type FaceTimes, SlotFaces } from './slot-faces.ts';
import type { UsbPresence } from './usb-presence.ts';
import { VolumeWaiters } from './volume-waiters.ts';

/** The USB bus as this machine shows it. */
export interface UsbBus {
  /** Every device that is no hub, by port path. */
  scan(): Promise<ReadonlyMap<string, UsbPresence>>;
  /** Yields when something may have changed, until the signal aborts. */
  changes(signal: AbortSignal): AsyncIterable<unknown>;
}

export interface MergeOptions {
  /** Mounted cards, by port path. */
  volumes: AttachmentSource | null;
  /** Serial ports that the configuration gives to slots. */
  ports: { source: AttachmentSource; settings: readonly SerialPortSetting[] } | null;
  usb: UsbBus | null;
  /** Default: the table of known models. */
  models?: readonly KnownModel[];
  times?: Partial<FaceTimes>;
  /** A way in failed; it is begun again. */
  onTrouble(error: unknown, source: string): void;
}

const defaultTimes: FaceTimes = { volumeWaitMs: 30_000, consoleWaitMs: 10_000, modeSwitchMs: 120_000 };
const afterTroubleMs = 2_000;
/** The kernel takes longer than this from a device to its disk. */
const freshScanMs = 500;

/**
 * One stream of attachments from everything a recorder shows on its port: USB device, mounted card, serial line. Each
 * recorder is attached once, and detached once.
 */
export function mergeAttachments(options: MergeOptions): MergedAttachments {
  return new MergedAttachments(options);
}

export class MergedAttachments implements AttachmentSource, FaceWatch {
  readonly name = 'recorders';
  readonly #options: MergeOptions;
  readonly #times: FaceTimes;
  readonly #slots = new Map<string, SlotFaces>();
  readonly #waiting = new VolumeWaiters();
  readonly #events: AttachmentEvent[] = [];
  #wake: () => void = () => {};
  /** Looks at the bus and what is seen take turns, so that a card is never seen before its device. */
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #scannedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: MergeOptions) {
    this.#options = options;
    this.#times = { ...defaultTimes, ...options.times };
  }

  async *watch(signal: AbortSignal, onLook: () => void = () => {}): AsyncGenerator<AttachmentEvent> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const running = this.#run(either, onLook);
    const wakeUp = () => this.#wake();
    signal.addEventListener('abort', wakeUp, { once: true });
    try {
      while (!signal.aborted) {
        const event = this.#events.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wakeUp);
      stop.abort();
      await running;
      await this.#turn;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#slots.clear();
      this.#events.length = 0;
    }
  }

  holdDetach(portPath: string): DetachHold {
    this.#slots.get(portPath)?.hold(performance.now());
    this.#setTimer();
    return {
      end: () => {
        const slot = this.#slots.get(portPath);
        if (slot !== undefined) this.#tell(slot, slot.endHold(performance.now()));
      },
    };
  }

  async nextVolume(portPath: string, signal: AbortSignal): Promise<VolumeTarget> {
    signal.throwIfAborted();
    return this.#slots.get(portPath)?.takeVolume() ?? this.#waiting.wait(portPath, signal);
  }

  async #run(signal: AbortSignal, onLook: () => void): Promise<void> {
    const { volumes, ports, usb } = this.#options;
    const ways: { name: string; watch(onOwnLook: () => void): Promise<void> }[] = [];
    if (usb !== null) ways.push({ name: 'usb', watch: (looked) => this.#watchBus(usb, signal, looked) });
    for (const [source, face] of [
      [volumes, 'volume'],
      [ports?.source ?? null, 'port'],
    ] as const) {
      if (source === null) continue;
      ways.push({
        name: source.name,
        watch: (looked) => this.#watchFaces(source, face, signal, looked),
      });
    }
    // Said once all of them have looked: one that hangs must not be covered up by the others.
    const looked = new Set<string>();
    const look = (name: string) => {
      looked.add(name);
      if (looked.size < ways.length) return;
      looked.clear();
      onLook();
    };
    await Promise.all(ways.map(({ name, watch }) => this.#keep(name, signal, () => watch(() => look(name)))));
  }

  /** A way in that fails is begun again: one broken way must not close the others. */
  async #keep(name: string, signal: AbortSignal, watch: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await watch();
      } catch (error) {
        if (!signal.aborted) this.#options.onTrouble(error, name);
      }
      await delay(afterTroubleMs, undefined, { signal }).catch(() => {});
    }
  }

  async #watchBus(usb: UsbBus, signal: AbortSignal, onLook: () => void): Promise<void> {
    await this.#inTurn(() => this.#scan());
    onLook();
    for await (const _change of usb.changes(signal)) {
      await this.#inTurn(() => this.#scan());
      onLook();
    }
  }

  async #watchFaces(
    source: AttachmentSource,
    face: 'volume' | 'port',
    signal: AbortSignal,
    onLook: () => void,
  ): Promise<void> {
    const present = new Map<string, string>();
    try {
      for await (const event of source.watch(signal, onLook)) {
        if (event.type === 'refused') continue;
        const [portPath, attachment] =
          event.type === 'attached' ? [event.attachment.portPath, event.attachment] : [event.portPath, null];
        // What left before the next one came is known by then; a late word of it says nothing any more.
        if (event.type === 'detached' && present.get(portPath) !== event.instance) continue;
        if (attachment === null) present.delete(portPath);
        else present.set(portPath, attachment.instance);
        await this.#inTurn(async () => {
          // Many cards at once need one look, where their devices are known already and are not about to be others.
          const isFresh = performance.now() - this.#scannedAtMs < freshScanMs;
          const slot = this.#slots.get(portPath);
          if (!isFresh || slot?.hasDevice() !== true || slot.isHeld()) await this.#scan();
          this.#seeFace(face, portPath, attachment);
        });
      }
    } finally {
      // What is no longer watched is no longer there: told anew when the watch is back.
      await this.#inTurn(async () => {
        for (const portPath of present.keys()) this.#seeFace(face, portPath, null);
      });
    }
  }

  #seeFace(face: 'volume' | 'port', portPath: string, attachment: Attachment | null): void {
    const slot = this.#slot(portPath);
    const nowMs = performance.now();
    const target = attachment?.target ?? null;
    const instance = attachment?.instance ?? '';
    if (face === 'volume') {
      const volume = target?.type === 'volume' ? { instance, target } : null;
      this.#tell(slot, slot.seeVolume(volume, nowMs));
    } else {
      const port = target?.type === 'serial' ? { instance, target } : null;
      this.#tell(slot, slot.seePort(port, nowMs));
    }
  }

  async #scan(): Promise<void> {
    const { usb, models = knownModels } = this.#options;
    if (usb === null) return;
    this.#scannedAtMs = performance.now();
    const ports = this.#options.ports?.settings ?? [];
    const [found, claimed] = await Promise.all([usb.scan(), claimedTerminals(ports)]);
    const nowMs = performance.now();
    for (const portPath of new Set([...found.keys(), ...this.#slots.keys()])) {
      const presence = found.get(portPath);
      const slot = this.#slot(portPath);
      const face = presence === undefined ? null : deviceFace(presence, models, claimed);
      this.#tell(slot, slot.seeDevice(face, nowMs));
    }
  }

  #slot(portPath: string): SlotFaces {
    const known = this.#slots.get(portPath);
    if (known !== undefined) return known;
    const slot = new SlotFaces(portPath, this.#times);
    this.#slots.set(portPath, slot);
    return slot;
  }

  #tell(slot: SlotFaces, events: readonly AttachmentEvent[]): void {
    if (this.#waiting.has(slot.portPath)) {
      const volume = slot.takeVolume();
      if (volume !== null) this.#waiting.give(slot.portPath, volume);
    }
    if (slot.isEmpty()) this.#slots.delete(slot.portPath);
    this.#events.push(...events);
    this.#setTimer();
    if (events.length > 0) this.#wake();
  }

  /** Wakes when the first wait of any slot is over. */
  #setTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const nowMs = performance.now();
    const deadlines = [...this.#slots.values()].flatMap((slot) => slot.deadlineMs(nowMs) ?? []);
    if (deadlines.length === 0) return;
    const waitMs = Math.max(Math.min(...deadlines) - nowMs, 0);
    this.#timer = setTimeout(() => {
      for (const slot of [...this.#slots.values()]) this.#tell(slot, slot.settle(performance.now()));
    }, Math.ceil(waitMs) + 1);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
