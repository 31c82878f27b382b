import { canonicalJson, type JsonValue } from '../../custody/canonical-json.ts';
import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase, Transaction } from '../../index-store/index-database.ts';
import type { MatchEvidence, MatchVerdict } from './match.ts';

/** A verdict as it stands. */
export interface KeptMatch {
  verdict: MatchVerdict;
  originalClipId: string | null;
  /** Unix milliseconds, as they are told. */
  fromMs: number;
  toMs: number;
  /** From the start of the live segment; `null` where none was received. */
  offsetMs: number | null;
  evidence: MatchEvidence;
}

/** What a session came to: of each segment by its clip, and under `null` what only originals have. */
export type DecidedSession = ReadonlyMap<string | null, readonly KeptMatch[]>;

/** Brings the standing verdicts of a session to what was decided; each change is an entry, and told in the custody log. */
export async function keepMatches(
  { database, custody }: { database: IndexDatabase; custody: CustodyLog },
  session: { sessionId: string; recorderId: string },
  decided: DecidedSession,
): Promise<boolean> {
  return database.write(async (transaction) => {
    const standing = await standingOf(transaction, session.sessionId);
    let isChanged = false;
    for (const [clipId, matches] of decided) {
      const text = canonicalJson(json(matches));
      if ((standing.get(clipId) ?? '[]') === text) continue;
      isChanged = true;
      await replace(transaction, session.sessionId, clipId, matches, text);
      await custody.append(transaction, {
        action: 'live-reconciled',
        ...(clipId === null ? {} : { clipId }),
        recorderId: session.recorderId,
        details: { sessionId: session.sessionId, matches: json(matches) },
      });
    }
    return isChanged;
  });
}

async function standingOf(transaction: Transaction, sessionId: string): Promise<Map<string | null, string>> {
  const rows = await transaction.all(
    `SELECT clip_id, matches FROM live_match_entry WHERE session_id = ?1 AND sequence IN
     (SELECT max(sequence) FROM live_match_entry WHERE session_id = ?1 GROUP BY clip_id)`,
    [sessionId],
  );
  return new Map(rows.map((row) => [row.clip_id === null ? null : String(row.clip_id), String(row.matches)]));
}

async function replace(
  transaction: Transaction,
  sessionId: string,
  clipId: string | null,
  matches: readonly KeptMatch[],
  text: string,
): Promise<void> {
  const at = new Date().toISOString();
  await transaction.run(
    'INSERT INTO live_match_entry (session_id, clip_id, matches, at) VALUES (?, ?, ?, ?)',
    [sessionId, clipId, text, at],
  );
  await transaction.run('DELETE FROM live_match WHERE session_id = ? AND clip_id IS ?', [sessionId, clipId]);
  for (const { verdict, originalClipId, fromMs, toMs, offsetMs, evidence } of matches) {
    await transaction.run(
      `INSERT INTO live_match (session_id, clip_id, verdict, original_clip_id, from_ms, to_ms, offset_ms, evidence, decided_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        sessionId,
        clipId,
        verdict,
        originalClipId,
        fromMs,
        toMs,
        offsetMs,
        canonicalJson({ ...evidence }),
        at,
      ],
    );
  }
}

function json(matches: readonly KeptMatch[]): JsonValue {
  return matches as unknown as JsonValue;
}
