import type { SqlRow } from '../../index-store/connection.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import type { KeptMatch } from './keep-matches.ts';
import type { MatchEvidence } from './match.ts';

/** A verdict that stands. */
export interface LiveMatch extends KeptMatch {
  sessionId: string;
  /** The live segment; `null` for what only an original has. */
  clipId: string | null;
  decidedAt: string;
}

/** What was once decided of a segment, or, under `null`, of what only originals have. */
export interface LiveMatchEntry {
  clipId: string | null;
  matches: KeptMatch[];
  at: string;
}

export interface SessionReconciliation {
  sessionId: string;
  recorderId: string;
  /** In the order of their time. Segments without any wait for the recorder to be docked. */
  matches: LiveMatch[];
  /** Comparisons of pictures that are still to be done. */
  comparisonsWaiting: number;
  /** Newest first, the latest thousand. */
  history: LiveMatchEntry[];
}

/** How a session stands to the originals of its recorder; `null` where there is no such session. */
export async function readSessionReconciliation(
  index: IndexReader,
  sessionId: string,
): Promise<SessionReconciliation | null> {
  const [session] = await index.read('SELECT recorder_id FROM live_session WHERE session_id = ?', [
    sessionId,
  ]);
  if (session === undefined) return null;
  const matches = await index.read('SELECT * FROM live_match WHERE session_id = ? ORDER BY from_ms, rowid', [
    sessionId,
  ]);
  const [waiting] = await index.read(
    `SELECT count(*) AS total FROM clip CROSS JOIN picture_comparison ON picture_comparison.clip_id = clip.clip_id
     WHERE live_session_id = ? AND picture_comparison.state = 'waiting'`,
    [sessionId],
  );
  const entries = await index.read(
    'SELECT clip_id, matches, at FROM live_match_entry WHERE session_id = ? ORDER BY sequence DESC LIMIT 1000',
    [sessionId],
  );
  return {
    sessionId,
    recorderId: String(session.recorder_id),
    matches: matches.map(matchOf),
    comparisonsWaiting: Number(waiting?.total ?? 0),
    history: entries.map((row) => ({
      clipId: row.clip_id === null ? null : String(row.clip_id),
      matches: JSON.parse(String(row.matches)) as KeptMatch[],
      at: String(row.at),
    })),
  };
}

/** What was decided of one clip, be it a live segment or an original. */
export async function readClipMatches(index: IndexReader, clipId: string): Promise<LiveMatch[]> {
  const rows = await index.read(
    'SELECT * FROM live_match WHERE clip_id = ?1 OR original_clip_id = ?1 ORDER BY from_ms, rowid',
    [clipId],
  );
  return rows.map(matchOf);
}

function matchOf(row: SqlRow): LiveMatch {
  return {
    sessionId: String(row.session_id),
    clipId: row.clip_id === null ? null : String(row.clip_id),
    verdict: row.verdict as LiveMatch['verdict'],
    originalClipId: row.original_clip_id === null ? null : String(row.original_clip_id),
    fromMs: Number(row.from_ms),
    toMs: Number(row.to_ms),
    offsetMs: row.offset_ms === null ? null : Number(row.offset_ms),
    evidence: JSON.parse(String(row.evidence)) as MatchEvidence,
    decidedAt: String(row.decided_at),
  };
}
