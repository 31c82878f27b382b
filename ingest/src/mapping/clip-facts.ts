import { type ClipState, storedStates } from '../clip/clip-states.ts';
import type { SqlParameters, SqlRow } from '../index-store/connection.ts';
import type { ClipTime } from '../time/clip-time.ts';

/** A query in the caller's transaction, or on the committed state. */
export type Query = (sql: string, parameters: SqlParameters) => Promise<SqlRow[]>;

/** What the mapping needs of a stored clip. */
export interface ClipFacts {
  clipId: string;
  kind: 'video' | 'audio' | 'photo' | 'sidecar';
  recorderId: string;
  /** `null` for what came live. */
  dockingId: string | null;
  isLive: boolean;
  /** It is still being recorded: nothing is known of its time yet. */
  isRecording: boolean;
  path: string;
  officerNumber: string | null;
  collectedMs: number;
  time: ClipTime | null;
}

const columns =
  'clip_id, kind, recorder_id, docking_id, live_session_id, state, path, officer_number, listed_at, time';
/** States in which it is asked where a clip belongs; of what comes live it is asked from its first second. */
const mappedStates: readonly ClipState[] = ['recording', ...storedStates];

/** Those of the clips whose bytes stand in the store, and those that are being recorded. */
export async function readClipFacts(query: Query, clipIds: readonly string[]): Promise<ClipFacts[]> {
  const rows = await query(
    `SELECT ${columns} FROM clip WHERE clip_id IN (SELECT value FROM json_each(?))
     AND state IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(clipIds), JSON.stringify(mappedStates)],
  );
  return rows.map((row) => ({
    clipId: String(row.clip_id),
    kind: row.kind as ClipFacts['kind'],
    recorderId: String(row.recorder_id),
    dockingId: row.docking_id === null ? null : String(row.docking_id),
    isLive: row.live_session_id !== null,
    isRecording: row.state === 'recording',
    path: String(row.path),
    officerNumber: typeof row.officer_number === 'string' ? row.officer_number : null,
    collectedMs: Date.parse(String(row.listed_at)),
    time: typeof row.time === 'string' ? (JSON.parse(row.time) as ClipTime) : null,
  }));
}

/** The files that lie beside clips under their names: ids of sidecars by the clip they follow. */
export async function readSidecars(
  query: Query,
  clips: readonly ClipFacts[],
): Promise<Map<string, string[]>> {
  const rows = await query(
    `SELECT clip_id, docking_id, recorder_id, path FROM clip INDEXED BY clip_sidecar WHERE kind = 'sidecar'
     AND docking_id IN (SELECT value FROM json_each(?)) AND state IN (SELECT value FROM json_each(?))`,
    [JSON.stringify([...new Set(clips.map((clip) => clip.dockingId))]), JSON.stringify(storedStates)],
  );
  const besides = new Map<string, string[]>();
  for (const row of rows) {
    const place = placeOf(String(row.docking_id), String(row.recorder_id), stemOf(String(row.path)));
    besides.set(place, [...(besides.get(place) ?? []), String(row.clip_id)]);
  }
  return new Map(
    clips.map(({ clipId, dockingId, recorderId, path }) => [
      clipId,
      [stemOf(path), path].flatMap((stem) => besides.get(placeOf(dockingId, recorderId, stem)) ?? []),
    ]),
  );
}

/** The clip that a sidecar lies beside; `null` where it lies alone. */
export async function readFollowed(query: Query, sidecar: ClipFacts): Promise<string | null> {
  const stem = stemOf(sidecar.path);
  const [row] = await query(
    `SELECT clip_id FROM clip WHERE docking_id = ?1 AND recorder_id = ?2 AND kind != 'sidecar'
     AND (path = ?3 OR (substr(path, 1, length(?3) + 1) = ?3 || '.'
       AND instr(substr(path, length(?3) + 2), '.') = 0 AND instr(substr(path, length(?3) + 2), '/') = 0))
     AND state IN (SELECT value FROM json_each(?4)) ORDER BY kind = 'video' DESC, clip_id LIMIT 1`,
    [sidecar.dockingId, sidecar.recorderId, stem, JSON.stringify(storedStates)],
  );
  return row === undefined ? null : String(row.clip_id);
}

function stemOf(path: string): string {
  return path.replace(/\.[^./]*$/u, '');
}

function placeOf(dockingId: string | null, recorderId: string, stem: string): string {
  return JSON.stringify([dockingId, recorderId, stem]);
}
