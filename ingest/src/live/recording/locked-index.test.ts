import { once } from 'node:events';
import sqlite3 from 'sqlite3';
import { expect, test } from 'vitest';
import { expectSoundStore } from '../../testing/sound-store.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { readLiveSession } from '../live-queries.ts';
import { encodedFootage } from '../testing/encoded-footage.ts';
import { arriving, beginRecording } from '../testing/live-recordings.ts';
import { PlayingStream } from '../testing/playing-stream.ts';

const footage = [encodedFootage({ codec: 'h264', seconds: 4 })];

test('an index that another program holds locked makes a gap, and the footage goes on once it lets go', {
  timeout: 120_000,
}, async () => {
  const dock = await TestDock.open();
  const recording = await beginRecording(dock.ingest, footage);
  const playing = new PlayingStream(recording, arriving(footage));
  const other = new sqlite3.Database(dock.ingest.layout.indexFile);
  await once(other, 'open');
  const run = (sql: string) =>
    new Promise<void>((resolve, reject) => {
      other.run(sql, (error) => (error === null ? resolve() : reject(error)));
    });
  await run('BEGIN IMMEDIATE');
  await playing.until(() => recording.failure !== null);
  await run('ROLLBACK');
  await new Promise<void>((resolve) => {
    other.close(() => resolve());
  });
  await playing.until(() => recording.failure === null && recording.lastPartMs !== null);
  await recording.end('operation-closed');
  expect(recording.failure).toBeNull();
  const session = await readLiveSession(dock.ingest.database, recording.sessionId);
  expect(session?.endedAt).not.toBeNull();
  expect(session?.gaps).toMatchObject([{ cause: 'store-failed' }]);
  expect(session?.gaps[0]?.toAt).not.toBeNull();
  expect(new Set(session?.segments.map(({ state }) => state))).toEqual(new Set(['sealed']));
  await expectSoundStore(dock);
});
