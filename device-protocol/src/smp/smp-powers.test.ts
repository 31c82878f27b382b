import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IdentityToWrite, ListedClip } from '../recorder.ts';
import { type SimulatedRecorderOptions, smpFaults } from '../simulator/index.ts';
import type { SmpRecorder } from './smp-recorder.ts';
import { type LaidLine, overTcp } from './testing/lines.ts';

const never = new AbortController().signal;
const nobody: IdentityToWrite = {
  serialNumber: null,
  officerNumber: null,
  officerName: null,
  unitCode: null,
  unitName: null,
};

let folder: string;
let line: LaidLine | undefined;
let recorder: SmpRecorder | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smp-'));
  await writeFile(join(folder, 'a.mp4'), 'twelve bytes');
});

afterEach(async () => {
  await recorder?.close();
  await line?.end();
  await rm(folder, { recursive: true });
});

async function dock(options: Partial<SimulatedRecorderOptions> = {}): Promise<SmpRecorder> {
  await recorder?.close();
  await line?.end();
  line = await overTcp({ folder, ...options });
  recorder = await line.dock();
  return recorder;
}

async function onlyClip(from: SmpRecorder): Promise<ListedClip> {
  for await (const listing of from.list(never)) if (listing.type === 'clip') return listing.clip;
  throw new Error('no clip is listed');
}

describe('setting the clock', () => {
  test.each([
    [{ offsetMs: -86_400_000 }, /^[\d-]{10}T[\d:]{8}$/u],
    [{ offsetMs: 3_000_000, showsZone: true, zoneOffsetMinutes: -210 }, /-03:30$/u],
    [{ offsetMs: 12_345, resolutionMs: 1, zoneOffsetMinutes: 480 }, /^[\d-]{10}T[\d:]{8}$/u],
  ])('%j: it then shows the time of the host', async (clock, written) => {
    const docked = await dock({ clock });
    const setting = await docked.setClock(never);
    expect(setting.deviceText).toMatch(written);
    expect(setting.hostAfterMs).toBeGreaterThan(setting.hostBeforeMs);
    const [reading] = await docked.readClock(1, never);
    if (reading === undefined) throw new Error('no reading');
    expect(reading.deviceMs - reading.hostAfterMs).toBeLessThanOrEqual(50);
    expect(reading.deviceMs + reading.resolutionMs - reading.hostBeforeMs).toBeGreaterThanOrEqual(-50);
  });

  test('a clock that only says it was set is found out', async () => {
    const docked = await dock({ clock: { offsetMs: 60_000 }, faults: [smpFaults.ignoreClockSetting()] });
    await expect(docked.setClock(never)).rejects.toMatchObject({ code: 'CLOCK_REFUSED' });
  });

  test('a clock that was never set cannot be read, and can be set', async () => {
    const neverSet = smpFaults.refuse({ to: 'read-date-time', times: 2 }, 0, 4);
    const docked = await dock({ faults: [neverSet] });
    expect(docked.capabilities.has('readClock')).toBe(false);
    expect(docked.capabilities.has('setClock')).toBe(true);
    await docked.setClock(never);
  });

  test('a recorder without a clock refuses', async () => {
    const docked = await dock({ faults: [smpFaults.refuse({ to: 'read-date-time', times: 9 }, null, 8)] });
    expect(docked.capabilities.has('setClock')).toBe(false);
    await expect(docked.setClock(never)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
});

test('battery and room are told', async () => {
  const docked = await dock({ batteryPercent: 37, capacityBytes: 1_000_000 });
  expect(await docked.readStatus(never)).toEqual({
    batteryPercent: 37,
    capacityBytes: 1_000_000,
    freeBytes: 999_988,
  });
});

describe('writing an identity', () => {
  test('what is given is written, the rest stays, and both outlive the power', async () => {
    const stateFile = join(folder, '..', `${Date.now()}-state.json`);
    const docked = await dock({ stateFile });
    await docked.writeIdentity({ ...nobody, serialNumber: 'DEMO-001', officerName: '张三' }, never);
    await docked.writeIdentity({ ...nobody, officerNumber: '000001' }, never);
    expect(await docked.identify(never)).toMatchObject({ serialNumber: 'DEMO-001', officerNumber: '000001' });
    const again = await dock({ stateFile });
    expect(await again.identify(never)).toMatchObject({ serialNumber: 'DEMO-001', officerNumber: '000001' });
    await again.writeIdentity({ ...nobody, officerNumber: '' }, never);
    expect(await again.identify(never)).toMatchObject({ serialNumber: 'DEMO-001', officerNumber: null });
    await rm(stateFile);
  });

  test('a part that is too long never leaves the host', async () => {
    const docked = await dock();
    const tooLong = docked.writeIdentity({ ...nobody, officerNumber: '1'.repeat(33) }, never);
    await expect(tooLong).rejects.toMatchObject({ code: 'IDENTITY_REFUSED' });
    expect(await docked.identify(never)).toMatchObject({ officerNumber: null });
  });

  test('a refusal is told, and a recorder that only says it took it is found out', async () => {
    const refusing = await dock({ faults: [smpFaults.refuse({ to: 'write-identity' }, 64, 6)] });
    const refused = refusing.writeIdentity({ ...nobody, officerNumber: '1' }, never);
    await expect(refused).rejects.toMatchObject({ code: 'IDENTITY_REFUSED' });
    const lying = await dock({ faults: [smpFaults.answerWith({ to: 'write-identity' }, () => ({}))] });
    const lied = lying.writeIdentity({ ...nobody, officerNumber: '1' }, never);
    await expect(lied).rejects.toMatchObject({ code: 'IDENTITY_REFUSED' });
  });
});

test('a clip is marked and unmarked on the recorder; its bytes and name stay', async () => {
  const docked = await dock();
  const clip = await onlyClip(docked);
  expect(clip.marked).toBe(false);
  await docked.markClip(clip, true, never);
  expect(await onlyClip(docked)).toEqual({ ...clip, marked: true, markedSource: 'device' });
  await docked.markClip(clip, false, never);
  expect(await onlyClip(docked)).toEqual(clip);
  await rm(join(folder, 'a.mp4'));
  await expect(docked.markClip(clip, true, never)).rejects.toMatchObject({ code: 'CLIP_MISSING' });
});

test('a recorder that knows nothing of the newer commands works as it did', async () => {
  const newer = ['read-images', 'read-status', 'write-identity', 'mark-clip'];
  const docked = await dock({
    identity: { status: false, write: false, mark: false },
    faults: newer.map((to) => smpFaults.refuse({ to, times: 99 }, null, 8)),
  });
  expect([...docked.capabilities].sort()).toEqual(['erase', 'hashOnDevice', 'readClock', 'setClock']);
  expect(docked.firmware).toBeNull();
  expect(await docked.readStatus(never)).toEqual({
    batteryPercent: null,
    capacityBytes: null,
    freeBytes: null,
  });
  await expect(docked.writeIdentity(nobody, never)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  await expect(docked.markClip(await onlyClip(docked), true, never)).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
  });
});
