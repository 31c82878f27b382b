import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { expectSoundStore } from '../../testing/sound-store.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { readLiveSession } from '../live-queries.ts';
import { encodedFootage } from '../testing/encoded-footage.ts';
import { arriving, beginRecording } from '../testing/live-recordings.ts';
import { PlayingStream } from '../testing/playing-stream.ts';

const footage = [encodedFootage({ codec: 'h264', seconds: 4 })];

test('footage whose folder is removed under way is told as a gap within a part, and goes on in another one', {
  timeout: 60_000,
}, async () => {
  const dock = await TestDock.open();
  const recording = await beginRecording(dock.ingest, footage);
  const playing = new PlayingStream(recording, arriving(footage));
  await playing.until(() => recording.lastPartMs !== null);
  const [begun] = await dock.clips();
  await rm(dock.ingest.layout.incomingFolder(begun?.clipId ?? ''), { recursive: true });
  await playing.until(() => recording.failure !== null);
  await playing.until(() => recording.failure === null);
  await recording.end('operation-closed');
  const session = await readLiveSession(dock.ingest.database, recording.sessionId);
  expect(session?.gaps).toMatchObject([{ cause: 'store-failed', reason: { kind: 'store-refused' } }]);
  expect(session?.gaps[0]?.toAt).not.toBeNull();
  expect(session?.segments.map(({ state }) => state)).toEqual(['lost', 'sealed']);
  await expectSoundStore(dock);
});
