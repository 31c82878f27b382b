import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { expect, test } from 'vitest';
import { listCustody } from '../../custody/custody-queries.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { verifyStore } from '../../verify/verify-store.ts';
import { encodedFootage } from '../testing/encoded-footage.ts';
import { arriving, beginRecording } from '../testing/live-recordings.ts';

/** A closed store with a session of four segments. */
async function fourSegments() {
  const dock = await TestDock.open({ live: { segmentSeconds: 0.5 } });
  const footage = [encodedFootage({ codec: 'h264', seconds: 4 })];
  const recording = await beginRecording(dock.ingest, footage);
  for (const unit of arriving(footage)) recording.take(unit);
  await recording.end('operation-closed');
  const clips = await dock.clips();
  expect(clips.map(({ state }) => state)).toEqual(['sealed', 'sealed', 'sealed', 'sealed']);
  return { dock, clips, sessionId: recording.sessionId };
}

test('each segment names the hash of the one before it, in its record and in every custody entry of its own', async () => {
  const { dock, clips, sessionId } = await fourSegments();
  const { entries } = await listCustody(dock.ingest.database, { after: null, limit: 1000 });
  for (const [index, clip] of clips.entries()) {
    const chain = {
      session: sessionId,
      sequence: index + 1,
      previousSha256: clips[index - 1]?.sha256 ?? null,
    };
    const record = await readFile(join(dock.ingest.layout.sealedFolder(clip.clipId), 'clip.json'), 'utf8');
    expect(JSON.parse(record)).toMatchObject({ live: chain });
    const own = entries
      .map(({ entry }) => JSON.parse(entry) as { clipId?: string; action: string; details: object })
      .filter(({ clipId }) => clipId === clip.clipId);
    expect(own.map(({ action }) => action)).toEqual(['recording-started', 'pulled', 'verified', 'sealed']);
    for (const { details } of own.slice(1)) expect(details).toMatchObject(chain);
  }
});

test('a segment that is taken out of its session breaks the chain at the next', async () => {
  const { dock, clips } = await fourSegments();
  await dock.close();
  expect((await verifyStore(dock.store)).differences).toEqual([]);
  await new Promise<void>((resolve, reject) => {
    const database = new sqlite3.Database(join(dock.store, 'index.sqlite'));
    const sql = `UPDATE clip SET live_sequence = 9 WHERE clip_id = '${clips[1]?.clipId}'`;
    database.exec(sql, (error) => database.close(() => (error === null ? resolve() : reject(error))));
  });
  const broken = (await verifyStore(dock.store)).differences;
  expect(broken.map(({ code }) => code)).toEqual(['live-chain-broken', 'live-chain-broken']);
  expect(broken.map(({ subject }) => subject).sort()).toEqual([clips[1]?.clipId, clips[2]?.clipId]);
});
