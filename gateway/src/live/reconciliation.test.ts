import { readSessionReconciliation } from '@docket/ingest';
import { expect, test } from 'vitest';
import { FilmDock, filmOf, recorderId } from './testing/film-dock.ts';

test('a docked recorder of unknown clock: its clip is found in the stream, and gets its time from there', async () => {
  const dock = await FilmDock.open();
  const film = await filmOf(dock, 30);
  await dock.dock(film, []);
  const startMs = Date.now() - 40_000;
  const recording = await dock.ingest.live.begin({
    recorderId,
    way: 'push-rtsp',
    description: film.description,
  });
  dock.send(recording, film, startMs, [0, 10]);
  recording.interrupt('stream-lost', {
    kind: 'feed-ended',
    how: 'connection-lost',
    words: 'no network',
  });
  recording.resume(film.description);
  dock.send(recording, film, startMs, [20, 30]);
  await recording.end('operation-closed');
  // Its own clock is an hour ahead, and nobody can ask it.
  const wall = new Date(startMs + 9 * 3_600_000).toISOString().slice(0, 19).replace(/\D/gu, '');
  const name = `DCAM_CAM001_000001_${wall.slice(0, 8)}_${wall.slice(8)}.mp4`;
  const writtenAt = new Date(startMs + 30_000 + 9 * 3_600_000);
  await dock.dock(film, [{ name, from: 0, to: 30, writtenAt }]);
  expect((await dock.clip(name)).time?.start.kind).toBe('one-sided');
  await dock.settle();

  const verdicts = await dock.verdicts(recording.sessionId, startMs);
  const original = await dock.clip(name);
  expect(verdicts.map(([verdict]) => verdict)).toEqual(['confirmed', 'docked-only', 'confirmed']);
  expect(original.time?.sources.filter(({ kind }) => kind === 'live-match')).toHaveLength(2);
  expect(original.time?.start.kind).toBe('bounded');
  expect(Date.parse(original.time?.start.notBefore ?? '')).toBeLessThanOrEqual(startMs);
  expect(Date.parse(original.time?.start.notAfter ?? '')).toBeGreaterThanOrEqual(startMs);
  expect(original.time?.start.halfWidthMs).toBeLessThan(3_000);
  const [entry] = await dock.ingest.database.read(
    "SELECT count(*) AS total FROM custody_entry WHERE action = 'time-revised' AND clip_id = ?",
    [original.clipId],
  );
  expect(entry?.total).toBeGreaterThan(0);
  const { alarms } = await dock.ingest.caseWork.liveAlarms.list({}, { before: null, limit: 10 });
  expect(alarms.filter(({ kind }) => kind === 'live-only')).toEqual([]);
});

test('what the recorder sent and no longer holds is an alarm, until it is docked with a card that holds it', async () => {
  const dock = await FilmDock.open();
  const film = await filmOf(dock, 20);
  await dock.dock(film, []);
  const startMs = Date.now() - 40_000;
  const recording = await dock.ingest.live.begin({
    recorderId,
    way: 'push-rtsp',
    description: film.description,
  });
  dock.send(recording, film, startMs, [0, 20]);
  await recording.end('operation-closed');
  await dock.settle();
  expect(await dock.verdicts(recording.sessionId, startMs)).toEqual([]);

  await dock.dock(film, [{ name: 'DCAM_CAM001_000001_20260101_080000.mp4', from: 0, to: 8 }]);
  await dock.settle();
  const alarmsOf = async () => {
    const { alarms } = await dock.ingest.caseWork.liveAlarms.list({}, { before: null, limit: 10 });
    return alarms.filter(({ kind }) => kind === 'live-only');
  };
  const lost = await dock.verdicts(recording.sessionId, startMs);
  expect(lost.map(([verdict]) => verdict)).toEqual(['confirmed', 'undecided', 'live-only']);
  const [, , [, fromSeconds, toSeconds] = []] = lost;
  expect(Number(toSeconds) - Number(fromSeconds)).toBe(12);
  const [alarm] = await alarmsOf();
  expect(alarm).toMatchObject({ sessionId: recording.sessionId, recorderId, endedAt: null });

  await dock.dock(film, [{ name: 'DCAM_CAM001_000002_20260101_080008.mp4', from: 8, to: 20 }]);
  await dock.settle();
  const found = await dock.verdicts(recording.sessionId, startMs);
  expect(found.map(([verdict]) => verdict)).toEqual(['confirmed', 'confirmed']);
  expect((await alarmsOf()).map(({ endedAt }) => endedAt)).not.toContain(null);
  const history = (await readSessionReconciliation(dock.ingest.database, recording.sessionId))?.history ?? [];
  expect(history.some(({ matches }) => matches.some(({ verdict }) => verdict === 'live-only'))).toBe(true);
});

test('clips that could not be looked into when they came are compared all the same', async () => {
  const dock = await FilmDock.open();
  const film = await filmOf(dock, 10);
  await dock.dock(film, []);
  const startMs = Date.now() - 20_000;
  const { description } = film;
  const recording = await dock.ingest.live.begin({ recorderId, way: 'push-rtsp', description });
  dock.send(recording, film, startMs, [0, 10]);
  await recording.end('operation-closed');
  await dock.dock(film, [{ name: 'DCAM_CAM001_000001_20260101_080000.mp4', from: 0, to: 10 }]);
  // As a machine leaves them that was too busy for ffprobe.
  await dock.ingest.database.write((transaction) =>
    transaction.run("UPDATE clip SET media = NULL, preview_state = 'none'"),
  );
  await dock.settle();
  const [[verdict] = []] = await dock.verdicts(recording.sessionId, startMs);
  expect(verdict).toBe('confirmed');
});
