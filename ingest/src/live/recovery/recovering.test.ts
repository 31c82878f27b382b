import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { decodeComplaints, probeWhole } from '../../testing/media-probe.ts';
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
  /** Parts that were durable by then, beside the beginning of the file. */
  parts: number;
  /** All that were sent. */
  pictures: number;
}

/** Records once, and keeps the disk as it is at every step on the way. */
async function snapshotsOfOneRecording(): Promise<Snapshot[]> {
  const shelf = await temporaryFolder('in-memory');
  const dock = await TestDock.open({ root: await temporaryFolder('in-memory') });
  const footage = [
    encodedFootage({ codec: 'h264', seconds: 4 }),
    encodedFootage({ codec: 'aac', seconds: 4, index: 1 }),
  ];
  const snapshots: Snapshot[] = [];
  let parts = -1;
  const stop = onStep(null, ({ name }) => {
    if (name === 'live.part-synced') parts += 1;
    const root = join(shelf, `${snapshots.length}-${name}`);
    cpSync(dock.root, root, { recursive: true, preserveTimestamps: true });
    snapshots.push({ step: name, root, parts: Math.max(0, parts), pictures: 40 });
  });
  const recording = await beginRecording(dock.ingest, footage);
  for (const unit of arriving(footage)) recording.take(unit);
  await recording.end('operation-closed');
  stop();
  await dock.close();
  return snapshots;
}

/** Starts on what a stop left, and checks that the footage is there, plays, and is accounted for. */
async function expectRecovered({ root, step, parts, pictures }: Snapshot): Promise<void> {
  const dock = await TestDock.open({ root });
  await expectSoundStore(dock);
  const { sessions } = await readLiveSessions(dock.ingest.database, {}, { before: null, limit: 10 });
  expect(
    sessions.every(({ endedAt }) => endedAt !== null),
    step,
  ).toBe(true);
  for (const clip of await dock.clips()) {
    if (parts === 0 && clip.state === 'lost') continue;
    expect(clip, step).toMatchObject({ state: 'sealed', quarantine: null });
    const media = mediaOf(dock.ingest, clip);
    expect(decodeComplaints(media), step).toBe('');
    // A part holds about a second; all that was durable is there.
    expect(probeWhole(media).streams[0]?.decodedFrames, step).toBeGreaterThanOrEqual(
      Math.min(pictures, 10 * parts),
    );
  }
  await dock.close();
  expect((await verifyStore(join(root, 'store'))).differences, step).toEqual([]);
}

describe('after a power cut while a stream is recorded', () => {
  test('at any step, what was durable is sealed and plays', { timeout: 120_000 }, async () => {
    const snapshots = await snapshotsOfOneRecording();
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
    for (const snapshot of snapshots) await expectRecovered(snapshot);
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
    await expectRecovered({ root, step: 'killed', parts: parts - 1, pictures: 10 * parts });
    const dock = await TestDock.open({ root });
    const { sessions } = await readLiveSessions(dock.ingest.database, {}, { before: null, limit: 10 });
    const session = await readLiveSession(dock.ingest.database, sessions[0]?.sessionId ?? '');
    expect(session).toMatchObject({ endCause: 'gateway-stopped', gaps: [{ cause: 'gateway-stopped' }] });
    expect(session?.gaps[0]?.toAt).not.toBeNull();
  });
});

describe('a segment that is not what was written', () => {
  test('is sealed as it stands, in quarantine: there is nowhere to take it from anew', async () => {
    const snapshots = await snapshotsOfOneRecording();
    const { root } = snapshots.find(({ step }) => step === 'clip.pulled') as Snapshot;
    const incoming = join(root, 'store', 'incoming');
    const [clipId = ''] = await readdir(incoming);
    const media = join(incoming, clipId, 'media.mp4');
    await flipBit(media, 40_000);
    const dock = await TestDock.open({ root });
    const [clip] = await dock.clips();
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
