import { v7 as uuidv7 } from 'uuid';
import { readLinks } from '../../mapping/clip-link.ts';
import { at, bounded, openCaseBench } from '../../mapping/testing/case-bench.ts';
import { markDue } from '../../reckoning/due.ts';
import { registerStated } from '../../register/stated-recorder.ts';
import { beginInPart } from '../mark-clips.ts';
import { Operations } from '../operations.ts';

/** Case work with operations by a clock that the test sets, and clips that come live. */
export async function openOperationBench() {
  const bench = await openCaseBench();
  const { database, custody } = bench;
  const clock = { nowMs: Date.parse(at('08:00')) };
  const operations = new Operations(database, custody, () => clock.nowMs);
  const setTime = (time: string) => {
    clock.nowMs = Date.parse(at(time));
  };
  const addRecorder = (serialNumber: string) =>
    database.write((transaction) =>
      registerStated(
        transaction,
        custody,
        { serialNumber, vendor: null, model: null },
        { operator: '李四', reason: 'lent' },
      ),
    );
  /** A live clip that begins now, marked as the recording marks it. */
  const beginLive = (recorderId = bench.context.recorderId): Promise<string> =>
    database.write(async (transaction) => {
      const clipId = uuidv7();
      const sessionId = `session of ${recorderId}`;
      const listedAt = new Date(clock.nowMs).toISOString();
      await transaction.run(
        `INSERT INTO live_session (session_id, recorder_id, way, tracks, started_at) VALUES (?, ?, 'push-rtsp', '[]', ?)
         ON CONFLICT DO NOTHING`,
        [sessionId, recorderId, listedAt],
      );
      await transaction.run(
        `INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked,
           state, listed_at, live_session_id)
         VALUES (?, ?, NULL, ?, ?, ?, 'utf-8', 'video', 0, 0, 'recording', ?, ?)`,
        [clipId, recorderId, Buffer.from(clipId), `${clipId}.mp4`, `live/${clipId}.mp4`, listedAt, sessionId],
      );
      await beginInPart(transaction, clipId, recorderId);
      await markDue(transaction, 'clip', [clipId]);
      return clipId;
    });
  /** The clip is sealed with its time, as the recording would. */
  const sealLive = (clipId: string, from: string, to: string) =>
    database.write(async (transaction) => {
      await transaction.run("UPDATE clip SET state = 'sealed', time = ? WHERE clip_id = ?", [
        JSON.stringify(bounded(from, to, 500)),
        clipId,
      ]);
      await markDue(transaction, 'clip', [clipId]);
    });
  const linksOf = async (clipId: string) =>
    (await readLinks(database, { clipId })).map(({ caseId, activityId, step, source, confidence }) =>
      [caseId, activityId, step, source, confidence].join(' · '),
    );
  const actions = async () =>
    (
      await database.read(
        "SELECT action FROM custody_entry WHERE action LIKE 'operation-%' OR action LIKE 'bookmark-%' ORDER BY sequence",
      )
    ).map((row) => String(row.action));
  return { ...bench, operations, clock, setTime, addRecorder, beginLive, sealLive, linksOf, actions };
}

/** An operation as a test wants it, about nothing yet. */
export function operationOf(change: Partial<Parameters<Operations['open']>[0]> = {}) {
  return {
    title: '现场检查',
    caseId: null,
    activityId: null,
    step: null,
    place: null,
    officerIds: [],
    recorders: [],
    ...change,
  };
}
