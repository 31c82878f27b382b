import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClockReading, deriveRecorder, type RecorderDriver } from '@docket/device-protocol';
import { volumeDriver } from '@docket/device-protocol/transport';
import { expect, test } from 'vitest';
import { TestDock } from '../testing/test-dock.ts';
import { readClockHistory } from '../time/clock-index.ts';
import type { ClockStatement } from '../time/clock-statement.ts';

/** A recorder with a clock, in front of a card. */
class ClockedRecorder {
  offsetMs: number;
  wasSet = 0;
  canRead = true;
  readonly driver: RecorderDriver = {
    name: 'volume',
    open: async (attachment, signal) => {
      const recorder = await volumeDriver.open(attachment, signal);
      return deriveRecorder(recorder, {
        capabilities: new Set([
          ...recorder.capabilities,
          'setClock',
          ...(this.canRead ? ['readClock' as const] : []),
        ]),
        identify: async () => ({
          serialNumber: 'CAM001',
          vendor: null,
          model: null,
          firmware: null,
          officerNumber: null,
          source: 'device',
        }),
        readClock: async (count) => Array.from({ length: count }, () => this.#reading()),
        setClock: async () => {
          this.wasSet += 1;
          this.offsetMs = 0;
          return { deviceText: 'now', hostBeforeMs: Date.now(), hostAfterMs: Date.now() + 1 };
        },
      });
    },
  };

  constructor(offsetMs: number) {
    this.offsetMs = offsetMs;
  }

  #reading(): ClockReading {
    const hostMs = Date.now();
    return {
      deviceText: '',
      deviceMs: hostMs + this.offsetMs,
      resolutionMs: 1,
      hostBeforeMs: hostMs,
      hostAfterMs: hostMs + 1,
      assumedZone: 'Asia/Shanghai',
      method: 'smp-datetime',
    };
  }
}

/** Puts a clip on the card, begun `agoMs` ago by a clock in China that is `offsetMs` ahead: so its name and file time say. */
async function record(dock: TestDock, agoMs: number, offsetMs: number): Promise<void> {
  const wall = new Date(Date.now() - agoMs + offsetMs + 8 * 3_600_000);
  const digits = wall.toISOString().slice(0, 19).replace(/\D/gu, '');
  const name = `DCAM_CAM001_000001_${digits.slice(0, 8)}_${digits.slice(8)}.mp4`;
  await writeFile(join(dock.card, name), 'bytes');
  await utimes(join(dock.card, name), wall, wall);
}

const historyOf = (dock: TestDock) => readClockHistory(dock.ingest.database, 'sn:CAM001', { latest: 10 });

function offsetOf(statement: ClockStatement | null | undefined): number {
  return statement?.state === 'measured' ? statement.offsetMs : Number.NaN;
}

async function custodyOf(dock: TestDock, action: string): Promise<Record<string, unknown>[]> {
  const rows = await dock.ingest.database.read('SELECT entry FROM custody_entry WHERE action = ?', [action]);
  return rows.map((row) => (JSON.parse(String(row.entry)) as { details: Record<string, unknown> }).details);
}

test('a clock is read before it is set, and again after; the custody log has both', async () => {
  const dock = await TestDock.open();
  const recorder = new ClockedRecorder(60_000);
  const story = await dock.dock({ driver: recorder.driver });
  expect(recorder.wasSet).toBe(1);
  expect(story.last.clock).toMatchObject({ state: 'measured', kind: 'bound', host: { source: 'assumed' } });
  expect(story.last.clockVerdict).toEqual({ state: 'fault', reasons: ['offset-over-limit'] });
  const [entry] = await historyOf(dock);
  expect(entry?.readings).toHaveLength(4);
  expect(entry?.found).toMatchObject({ samples: 4 });
  expect(Math.abs(offsetOf(entry?.found) - 60_000)).toBeLessThan(20);
  expect(Math.abs(offsetOf(entry?.afterSet))).toBeLessThan(20);
  const [read] = await custodyOf(dock, 'clock-read');
  const [set] = await custodyOf(dock, 'clock-set');
  expect(read).toMatchObject({ state: 'measured', verdict: { state: 'fault' } });
  expect(set).toMatchObject({
    before: { state: 'measured' },
    setting: { outcome: 'set', deviceText: 'now' },
    after: { state: 'measured' },
  });
});

test('by a dock whose own clock is not right no recorder is set, nothing is corrected, and the record says so', async () => {
  const dock = await TestDock.open({
    hostClock: { source: 'auto', assumedBoundMs: 10, ask: async () => null },
  });
  const recorder = new ClockedRecorder(60_000);
  await record(dock, 60_000, 60_000);
  const story = await dock.dock({ driver: recorder.driver });
  expect(recorder.wasSet).toBe(0);
  expect(story.last.clock).toMatchObject({ kind: 'unverified', host: { state: 'unknown', boundMs: null } });
  expect(story.last.clockVerdict).toEqual({ state: 'unknown', reasons: ['host-unsynchronised'] });
  const [clip] = await dock.clips();
  expect(clip?.time).toMatchObject({
    start: { kind: 'unbounded', halfWidthMs: null },
    doubts: ['host-unsynchronised', 'duration-unknown'],
  });
});

test('a clip between two dockings is bounded, and the truth lies inside', async () => {
  const dock = await TestDock.open();
  const recorder = new ClockedRecorder(3000);
  await dock.dock({ driver: recorder.driver });
  const startedMs = Date.now();
  recorder.offsetMs = 5;
  await record(dock, 0, 5);
  await dock.dock({ driver: recorder.driver });
  const [clip] = await dock.clips();
  expect(clip?.time?.start.kind).toBe('bounded');
  expect(Date.parse(clip?.time?.start.notBefore as string)).toBeLessThanOrEqual(startedMs);
  expect(Date.parse(clip?.time?.start.notAfter as string)).toBeGreaterThanOrEqual(startedMs);
});

test('a clock that somebody moved between two dockings is named, and its clips are not claimed', async () => {
  const dock = await TestDock.open();
  const recorder = new ClockedRecorder(0);
  await dock.dock({ driver: recorder.driver });
  recorder.offsetMs = 3000;
  await record(dock, 0, 3000);
  const story = await dock.dock({ driver: recorder.driver });
  expect(story.last.clockVerdict.reasons).toContain('clock-step-suspected');
  const [clip] = await dock.clips();
  expect(clip?.time?.start.kind).toBe('one-sided');
  expect(clip?.time?.doubts).toContain('clock-step-suspected');
});

test('a recorder that can be set and not read records that it was set', async () => {
  const dock = await TestDock.open();
  const recorder = new ClockedRecorder(0);
  recorder.canRead = false;
  await dock.dock({ driver: recorder.driver });
  const [entry] = await historyOf(dock);
  expect(entry).toMatchObject({
    found: { state: 'unreadable', reason: 'not-supported' },
    setting: { outcome: 'set' },
    afterSet: { state: 'unreadable', reason: 'not-supported' },
  });
});

test('a host clock that jumps in mid-docking takes the readings with it, and says so', async () => {
  const dock = await TestDock.open();
  const recorder = new ClockedRecorder(0);
  await record(dock, 1000, 0);
  const realNow = Date.now;
  try {
    await dock.dock({
      driver: recorder.driver,
      until: (status) => {
        // An operator sets the dock an hour ahead once copying has begun.
        if (status.phase === 'copying') Date.now = () => realNow() + 3_600_000;
        return status.phase === 'safe';
      },
    });
  } finally {
    Date.now = realNow;
  }
  const [entry] = await historyOf(dock);
  expect(entry?.found).toEqual({ state: 'unreadable', reason: 'host-clock-jumped' });
  expect(entry?.afterSet).toEqual({ state: 'unreadable', reason: 'host-clock-jumped' });
  const read = await custodyOf(dock, 'clock-read');
  expect(read.at(-1)).toMatchObject({ reason: 'host-clock-jumped' });
  // Told by two clocks, each read a moment after the other: to the millisecond only where nothing holds the process up.
  expect(Math.abs(Number(read.at(-1)?.hostJumpMs) - 3_600_000)).toBeLessThan(1_000);
  const [clip] = await dock.clips();
  expect(clip?.time?.start.kind).toBe('unbounded');
});
