import type { ClockReading } from '@docket/device-protocol';
import type { ClipTime } from '../clip-time.ts';
import { type ClockEntry, stretchesBeforeListing } from '../clock-history.ts';
import { type ClockStatement, clockStatement } from '../clock-statement.ts';
import { type FusionLimits, fuseClipTime } from '../fuse-clip-time.ts';
import type { HostClock } from '../host-clock/host-clock.ts';
import { Random } from './random.ts';
import { WanderingClock, type WanderingClockOptions } from './wandering-clock.ts';

/** A kind of recorder and dock, and what befalls them. */
export interface FleetClass {
  name: string;
  clock(random: Random): Partial<WanderingClockOptions>;
  /** Share of dockings at which the clock can be read. */
  readShare: number;
  isSet: boolean;
  /** Whether somebody pushes the clock, once, between two dockings. */
  isPushed?: boolean;
  isHostSynchronised?: boolean;
  hasTrack?: boolean;
  longestWayMs?: number;
}

/** One simulated clip: what truly was, and what is claimed. */
export interface SimulatedClip {
  trueStartMs: number;
  trueEndMs: number;
  time: ClipTime;
}

export const limits: FusionLimits = {
  driftMsPerDay: 3000,
  faultOffsetMs: 5000,
  conflictMs: 5000,
  nameSlackMs: 2000,
};

const hourMs = 3_600_000;
const zone = { name: 'Asia/Shanghai', offsetMs: 8 * hourMs };

/** Lets one recorder live through some dockings, and has the time of each of its clips reckoned at the dock. */
export function simulateRecorder(fleet: FleetClass, seed: number): SimulatedClip[] {
  return new SimulatedRecorder(fleet, new Random(seed)).live();
}

class SimulatedRecorder {
  readonly #fleet: FleetClass;
  readonly #random: Random;
  readonly #clock: WanderingClock;
  readonly #hostBoundMs: number;
  readonly #clips: SimulatedClip[] = [];
  #entries: ClockEntry[] = [];
  #nowMs: number;
  readonly #isFine: boolean;

  constructor(fleet: FleetClass, random: Random) {
    this.#fleet = fleet;
    this.#random = random;
    this.#nowMs = Date.UTC(2026, random.whole(0, 11), random.whole(1, 28)) + random.between(0, 24 * hourMs);
    this.#hostBoundMs = random.ofAnySize(0.01, 500);
    const options: WanderingClockOptions = {
      offsetMs: random.between(-4000, 4000),
      basePpm: random.between(-28, 28),
      temperaturePpm: 6,
      weatherMs: hourMs / 2,
      display: 'truncated',
      stepMs: 1000,
      ...fleet.clock(random),
    };
    this.#isFine = options.stepMs === 1;
    this.#clock = new WanderingClock(this.#nowMs, options, random);
  }

  live(): SimulatedClip[] {
    const dockings = this.#random.whole(1, 5);
    for (let docking = 0; docking < dockings; docking += 1) this.#shiftAndDocking(docking);
    return this.#clips;
  }

  #shiftAndDocking(docking: number): void {
    const shiftMs = this.#random.ofAnySize(1, 100) * hourMs;
    const recorded = this.#record(this.#nowMs, shiftMs, docking);
    this.#nowMs += shiftMs;
    this.#dock(docking);
    const tookAll = this.#random.chance(0.9);
    this.#entries = this.#entries.map((entry, index) =>
      index === this.#entries.length - 1 ? { ...entry, tookAll } : entry,
    );
    for (const clip of recorded) this.#reckon(clip);
  }

  /** Clips at random moments of a shift, none overlapping another, and perhaps somebody at the clock's buttons. */
  #record(fromMs: number, shiftMs: number, docking: number): RecordedClip[] {
    const count = this.#random.whole(1, 5);
    const slotMs = shiftMs / count;
    const pushedIn = this.#fleet.isPushed === true && docking > 0 ? this.#random.whole(0, count - 1) : -1;
    return Array.from({ length: count }, (_, index) => {
      const startMs = fromMs + 5000 + slotMs * (index + this.#random.between(0, 0.5));
      if (index === pushedIn) this.#push(startMs - limits.nameSlackMs - 1);
      const lengthMs = Math.min(this.#random.ofAnySize(1000, 2 * hourMs), slotMs * 0.4);
      // As early or as late as is allowed, and what lies between.
      const slackMs = this.#random.pick([
        -limits.nameSlackMs,
        limits.nameSlackMs,
        this.#random.between(-1, 1),
      ]);
      const nameMs = startMs + Math.min(slackMs, lengthMs);
      const named = this.#clock.writtenAt(nameMs);
      const endMs = startMs + lengthMs;
      const written = this.#clock.at(this.#random.pick([endMs, endMs, nameMs]));
      return { startMs, endMs, named, written: Math.floor(written / 2000) * 2000 };
    });
  }

  #push(atMs: number): void {
    const sizeMs = this.#random.ofAnySize(5, 40 * 24 * hourMs);
    this.#clock.push(atMs, this.#random.chance(0.5) ? sizeMs : -sizeMs);
  }

  #dock(docking: number): void {
    const hostErrorMs = this.#random.between(-this.#hostBoundMs, this.#hostBoundMs);
    const host = this.#host();
    const found = this.#read(host, hostErrorMs);
    const at = new Date(this.#nowMs + hostErrorMs).toISOString();
    const isSet = this.#fleet.isSet && host.state === 'synchronised' && this.#random.chance(0.8);
    let setting: ClockEntry['setting'] = null;
    let afterSet: ClockStatement | null = null;
    if (isSet) {
      const hostBeforeMs = Math.floor(this.#nowMs + hostErrorMs);
      const wayMs = this.#way();
      this.#clock.set(this.#nowMs + wayMs, Math.floor((this.#nowMs + hostErrorMs) / 1000) * 1000);
      this.#nowMs += wayMs * 2;
      setting = {
        deviceText: '',
        hostBeforeMs,
        hostAfterMs: Math.ceil(this.#nowMs + hostErrorMs),
        outcome: 'set',
      };
      afterSet = this.#read(host, hostErrorMs);
    }
    const dockingId = `docking-${docking}`;
    this.#entries.push({ dockingId, slot: '1-1', at, host, found, setting, afterSet, tookAll: false });
  }

  #host(): HostClock {
    const isSynchronised = this.#fleet.isHostSynchronised !== false;
    return {
      source: 'chrony',
      state: isSynchronised ? 'synchronised' : 'unsynchronised',
      stratum: isSynchronised ? 3 : 0,
      rootDelayMs: null,
      rootDispersionMs: null,
      boundMs: isSynchronised ? this.#hostBoundMs : null,
      leap: null,
      readAt: new Date(this.#nowMs).toISOString(),
    };
  }

  /** Four questions over a way that may be much longer there than back. */
  #read(host: HostClock, hostErrorMs: number): ClockStatement {
    if (!this.#random.chance(this.#fleet.readShare)) return { state: 'unreadable', reason: 'read-failed' };
    const readings = Array.from({ length: 4 }, (): ClockReading => {
      const hostBeforeMs = Math.floor(this.#nowMs + hostErrorMs);
      this.#nowMs += this.#way();
      const deviceMs = this.#clock.shownAt(this.#nowMs);
      this.#nowMs += this.#way();
      const hostAfterMs = Math.ceil(this.#nowMs + hostErrorMs);
      this.#nowMs += this.#random.between(0, 400);
      const step = {
        resolutionMs: this.#isFine ? 1 : 1000,
        assumedZone: zone.name,
        method: 'smp-datetime' as const,
      };
      return { deviceText: '', deviceMs, hostBeforeMs, hostAfterMs, ...step };
    });
    return clockStatement(readings, host);
  }

  #way(): number {
    return this.#random.ofAnySize(0.5, this.#fleet.longestWayMs ?? 300);
  }

  #reckon({ startMs, endMs, named, written }: RecordedClip): void {
    const host = this.#entries.at(-1)?.host;
    const isHostRight = host?.state === 'synchronised';
    const lengthMs = endMs - startMs;
    const time = fuseClipTime(
      {
        kind: 'video',
        startedAt: {
          text: this.#isFine ? wallText(named) : wallText(named).slice(0, 19),
          source: 'name',
          assumedZone: null,
        },
        modifiedAt: { text: wallText(written), source: 'file-time', assumedZone: null },
        durationMs: this.#random.chance(0.9) ? Math.round(lengthMs) : null,
        createdAt: this.#random.pick([
          null,
          '1904-01-01T00:00:00.000000Z',
          `${wallText(named).slice(0, 19)}Z`,
        ]),
        takenAt: null,
        tracks: this.#fleet.hasTrack === true ? [this.#track(startMs, endMs)] : [],
        liveMatches: [],
        stretches: stretchesBeforeListing(this.#entries, true),
        isHostDoubtful: !isHostRight,
        listedBeforeMs: isHostRight ? this.#nowMs + 1000 + 2 * this.#hostBoundMs : null,
        assumedZone: zone.name,
      },
      limits,
    );
    this.#clips.push({ trueStartMs: startMs, trueEndMs: endMs, time });
  }

  /** A receiver that finds its satellites some time after the start and writes once a second. */
  #track(startMs: number, endMs: number) {
    const firstMs = this.#random.between(startMs, endMs);
    const at = (atMs: number) => new Date(Math.floor(atMs / 1000) * 1000).toISOString();
    return { firstFixAt: at(firstMs), lastFixAt: at(this.#random.between(firstMs, endMs)) };
  }
}

interface RecordedClip {
  startMs: number;
  endMs: number;
  /** What the clock showed for the name, and what stands as file time. */
  named: number;
  written: number;
}

/** A wall clock in the zone of the recorder. */
function wallText(clockMs: number): string {
  return new Date(clockMs + zone.offsetMs).toISOString().slice(0, 23);
}
