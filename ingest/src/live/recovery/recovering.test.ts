import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../index-store/connection.ts';
import { probeWhole } from '../../testing/media-probe.ts';
import { onStep } from '../../testing/on-step.ts';
import { expectSoundStore } from '../../testing/sound-store.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { verifyStore } from '../../verify/verify-store.ts';
import { readLiveSession, readLiveSessions } from '../live-queries.ts';
import { encodedFootage } from '../testing/encoded-footage.ts';
import { arriving, beginRecording, mediaOf } from '../testing/live-recordings.ts';
import { readSegment } from './segment-reader.ts';

interface Snapshot {
  step: string;
  root: string;
  /** Parts that were durable by then, the beginning of the file among them; by clip. */
  parts: ReadonlyMap<string, number>;
}

const sentPictures = 30;

/** Streams of three recorders in what they send: pictures with sound in two ways, and sound alone. */
const streams = {
  CAM001: [
    encodedFootage({ codec: 'h264', seconds: 3 }),
    encodedFootage({ codec: 'aac', seconds: 3, index: 1 }),
  ],
  CAM002: [
    encodedFootage({ codec: 'h265', seconds: 3 }),
    encodedFootage({ codec: 'pcma', seconds: 3, index: 1 }),
  ],
  CAM003: [encodedFootage({ codec: 'pcmu', seconds: 3 })],
};

/** Keeps the disk as it is at every step until the returned function is called. */
function keepSnapshots(root: string, shelf: string, known: ReadonlyMap<string, number> = new Map()) {
  const snapshots: Snapshot[] = [];
  const parts = new Map(known);
  const stop = onStep(null, ({ name, subject }) => {
    if (name === 'live.part-synced') parts.set(subject, (parts.get(subject) ?? 0) + 1);
    const copy = join(shelf, `${snapshots.length}-${name}`);
    cpSync(root, copy, { recursive: true, preserveTimestamps: true });
    snapshots.push({ step: name, root: copy, parts: new Map(parts) });
  });
  return { snapshots, stop };
}

/** Records three streams at once, and keeps the disk as it is at every step on the way. */
async function snapshotsOfRecording(): Promise<Snapshot[]> {
  const dock = await TestDock.open({ root: await temporaryFolder('in-memory') });
  const { snapshots, stop } = keepSnapshots(dock.root, await temporaryFolder('in-memory'));
  const begun = Object.entries(streams).map(async ([serialNumber, footage]) => {
    const recording = await beginRecording(dock.ingest, footage, serialNumber);
    for (const unit of arriving(footage)) recording.take(unit);
    return recording;
  });
  for (const recording of await Promise.all(begun)) await recording.end('operation-closed');
  stop();
  await dock.close();
  return snapshots.filter(({ step }) => step.startsWith('live.') || /^(?:clip|record)\./u.test(step));
}

/** Starts on what a stop left, and keeps the disk as it is at every step of mending it. */
async function snapshotsOfRecovering(left: Snapshot): Promise<Snapshot[]> {
  const root = await temporaryFolder('in-memory');
  cpSync(left.root, root, { recursive: true, preserveTimestamps: true });
  const { snapshots, stop } = keepSnapshots(root, await temporaryFolder('in-memory'), left.parts);
  const dock = await TestDock.open({ root });
  stop();
  await dock.close();
  return snapshots;
}

/** Starts on what a stop left, and checks that all footage is there, plays, and is accounted for. */
async function expectRecovered({ root, step, parts }: Snapshot): Promise<void> {
  const dock = await TestDock.open({ root });
  await expectSoundStore(dock);
  const { database } = dock.ingest;
  const { sessions } = await readLiveSessions(database, {}, { before: null, limit: 10 });
  const files = await Promise.all(sessions.map(({ sessionId }) => readLiveSession(database, sessionId)));
  for (const session of files) {
    expect(session?.endedAt, step).not.toBeNull();
    // One that ended by itself has no gap; one that a stop ended has one, and it is over.
    const isStopped = session?.endCause === 'gateway-stopped' && session.segmentCount > 0;
    expect(
      session?.gaps.map(({ cause, toAt }) => [cause, toAt === null]),
      step,
    ).toEqual(isStopped ? [['gateway-stopped', false]] : []);
  }
  for (const clip of await dock.clips()) {
    const durable = Math.max(0, (parts.get(clip.clipId) ?? 0) - 1);
    if (durable === 0 && clip.state === 'lost') continue;
    expect(clip, step).toMatchObject({ state: 'sealed', quarantine: null });
    const { complaints, streams: found } = probeWhole(mediaOf(dock.ingest, clip));
    expect(complaints.replace(/^.*Guessed Channel Layout .*\n/gmu, ''), step).toBe('');
    // A part holds about a second; all that was durable is there. Without pictures, fifty packets of sound are a second.
    const perSecond = found[0]?.widthPixels === 0 ? 50 : 10;
    expect(found[0]?.decodedFrames, step).toBeGreaterThanOrEqual(
      Math.min((sentPictures / 10) * perSecond, perSecond * durable - 1),
    );
  }
  await dock.close();
  expect((await verifyStore(join(root, 'store'))).differences, step).toEqual([]);
}

/** The first of each step, and the last part that became durable. */
function boundaries(snapshots: readonly Snapshot[]): Snapshot[] {
  const lastPart = snapshots.findLast(({ step }) => step === 'live.part-synced');
  return snapshots.filter(
    (snapshot, index) =>
      snapshot === lastPart || snapshots.findIndex(({ step }) => step === snapshot.step) === index,
  );
}

describe('after a power cut while a stream is recorded', () => {
  test('at any step, what was durable of three streams is sealed and plays', {
    timeout: 120_000,
  }, async () => {
    const snapshots = await snapshotsOfRecording();
    const steps = new Set(snapshots.map(({ step }) => step));
    for (const step of [
      'live.part-synced',
      'clip.pulled',
      'clip.verified',
      'record.synced',
      'clip.renamed',
      'clip.sealed',
    ]) {
      expect(steps).toContain(step);
    }
    for (const snapshot of boundaries(snapshots)) await expectRecovered(snapshot);
  });

  test('and again at any step of the start after it, and of the start after that', {
    timeout: 120_000,
  }, async () => {
    const recorded = await snapshotsOfRecording();
    const lastPart = recorded.findLast(({ step }) => step === 'live.part-synced') as Snapshot;
    const firstStarts = await snapshotsOfRecovering(lastPart);
    expect(firstStarts.map(({ step }) => step)).toContain('clip.sealed');
    // Each stop of the first start; of the second start, another one each time.
    for (const [index, stopped] of boundaries(firstStarts).entries()) {
      const secondStarts = await snapshotsOfRecovering(stopped);
      const again = secondStarts[(index * 3) % Math.max(1, secondStarts.length)];
      await expectRecovered(again ?? stopped);
    }
  });

  test('a file cut off at any byte of its last part is whole up to the part before', {
    timeout: 60_000,
  }, async () => {
    const { file, whole, partStarts } = await recordedFile();
    const lastStart = partStarts.at(-1) as number;
    const handle = await open(file, 'r+');
    for (
      let length = whole.length;
      length > lastStart;
      length -= length - lastStart > 400 && whole.length - length > 400 ? 97 : 1
    ) {
      await handle.truncate(length);
      const found = await readSegment(handle, new Set([1]));
      const isWhole = length === whole.length;
      expect([found.parts, found.wholeBytes]).toEqual([
        isWhole ? partStarts.length : partStarts.length - 1,
        isWhole ? whole.length : lastStart,
      ]);
    }
    await handle.close();
  });

  test('a part whose pictures are empty on the disk, though as long as they should be, does not count', async () => {
    const { file, whole, partStarts } = await recordedFile();
    const lastStart = partStarts.at(-1) as number;
    const mediaStart = whole.indexOf('mdat', lastStart, 'latin1') + 4;
    await writeFile(
      file,
      Buffer.concat([whole.subarray(0, mediaStart), Buffer.alloc(whole.length - mediaStart)]),
    );
    const handle = await open(file, 'r+');
    const found = await readSegment(handle, new Set([1]));
    expect(found.wholeBytes).toBe(lastStart);
    await handle.close();
  });

  test('a process that was killed in the midst of recording loses no part that was durable', {
    timeout: 60_000,
  }, async () => {
    const root = await temporaryFolder();
    const child = spawn(
      process.execPath,
      [new URL('../testing/recording-process.js', import.meta.url).pathname, root],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let parts = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      parts = Number(line);
      if (parts >= 6) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await expectRecovered({ root, step: 'killed', parts: new Map() });
    const dock = await TestDock.open({ root });
    const [clip] = await dock.clips();
    const pictures =
      clip === undefined ? 0 : probeWhole(mediaOf(dock.ingest, clip)).streams[0]?.decodedFrames;
    expect(pictures).toBeGreaterThanOrEqual(10 * (parts - 1));
    const { sessions } = await readLiveSessions(dock.ingest.database, {}, { before: null, limit: 10 });
    const session = await readLiveSession(dock.ingest.database, sessions[0]?.sessionId ?? '');
    expect(session).toMatchObject({ endCause: 'gateway-stopped', gaps: [{ cause: 'gateway-stopped' }] });
    expect(session?.gaps[0]?.toAt).not.toBeNull();
  });
});

describe('a segment that is not what was written', () => {
  test('is sealed as it stands, in quarantine: there is nowhere to take it from anew', async () => {
    const snapshots = await snapshotsOfRecording();
    const { root } = snapshots.find(({ step }) => step === 'clip.pulled') as Snapshot;
    const index = await Connection.open(join(root, 'store', 'index.sqlite'), 'read-only');
    const [pulled] = await index.all("SELECT clip_id FROM clip WHERE state = 'pulled'");
    await index.close();
    const clipId = String(pulled?.clip_id);
    await flipBit(join(root, 'store', 'incoming', clipId, 'media.mp4'), 20_000);
    const dock = await TestDock.open({ root });
    const clip = (await dock.clips()).find((one) => one.clipId === clipId);
    expect(clip).toMatchObject({ state: 'sealed', quarantine: { reason: 'store-mismatch' } });
    await expectSoundStore(dock);
    await dock.close();
    expect((await verifyStore(dock.store)).differences).toEqual([]);
  });

  test('is found by verification once a byte of it is flipped in the store', async () => {
    const dock = await TestDock.open();
    const footage = [encodedFootage({ codec: 'h264', seconds: 2 })];
    const recording = await beginRecording(dock.ingest, footage);
    for (const unit of arriving(footage)) recording.take(unit);
    await recording.end('operation-closed');
    const [clip] = await dock.clips();
    if (clip === undefined) throw new Error('nothing was recorded');
    await dock.close();
    expect((await verifyStore(dock.store)).differences).toEqual([]);
    await flipBit(mediaOf(dock.ingest, clip), 20_000);
    expect((await verifyStore(dock.store)).differences.map(({ code }) => code)).toEqual(['media-differs']);
  });
});

/** A recorded file with the places where its parts begin. */
async function recordedFile() {
  const dock = await TestDock.open();
  const footage = [encodedFootage({ codec: 'h264', seconds: 4 })];
  const recording = await beginRecording(dock.ingest, footage);
  for (const unit of arriving(footage)) recording.take(unit);
  await recording.end('operation-closed');
  const [clip] = await dock.clips();
  if (clip === undefined) throw new Error('nothing was recorded');
  const whole = await readFile(mediaOf(dock.ingest, clip));
  const file = join(await temporaryFolder(), 'media.mp4');
  await writeFile(file, whole);
  await truncate(file, whole.length);
  const partStarts: number[] = [];
  for (let at = whole.indexOf('prft', 0, 'latin1'); at >= 0; at = whole.indexOf('prft', at + 1, 'latin1'))
    partStarts.push(at - 4);
  expect(partStarts.length).toBeGreaterThanOrEqual(3);
  return { file, whole, partStarts };
}

async function flipBit(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Uint8Array.of((buffer[0] ?? 0) ^ 0x10), 0, 1, at);
  await handle.close();
}
