import type { ClipRecord } from '../clip/clip-record.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { readReleaseFacts } from '../release/release-facts.ts';
import { type ReleaseRule, releaseVerdict } from '../release/release-policy.ts';

/** However full the store: so long every local copy stays, for whoever comes back to it the next morning. */
export const leastKeepMs = 24 * 60 * 60 * 1000;

/** A live segment whose recorder is not docked within so long is not kept for the comparison any more. */
const reconciledWithinMs = 31 * 24 * 60 * 60 * 1000;

/** Why the local copy of a clip stays. `receipts`: they do not suffice for release, and so not for this. */
export type LocalCopyStay =
  | 'not-archived'
  | 'left-already'
  | 'receipts'
  | 'forwarding'
  | 'deletion-asked'
  | 'not-looked-into'
  | 'being-compared'
  | 'not-reconciled'
  | 'sealed-lately';

export interface LocalCopyGround {
  rule: ReleaseRule;
  /** Whether photos and videos are searched for codes at all. */
  readsCodes: boolean;
  nowMs: number;
  /** So long after its sealing the copy stays whatever else; never less than `leastKeepMs`. */
  keptMs: number;
}

/**
 * The one place that decides whether the store's own copy of a clip may leave; `null`: it may. The receipts must fulfil the
 * very rule by which recorders are released, whether or not they are: nothing may wait for the bytes, and no hold stand.
 */
export async function localCopyVerdict(
  index: IndexReader,
  clip: ClipRecord,
  ground: LocalCopyGround,
): Promise<LocalCopyStay | null> {
  if (clip.localRemovedAt !== null) return 'left-already';
  if (clip.state !== 'receipted' && clip.state !== 'released') return 'not-archived';
  const facts = await readReleaseFacts(index, clip, ground.rule);
  const verdict = releaseVerdict(
    { ...facts, clip: { ...clip, state: 'receipted' } },
    { ...ground.rule, policy: 'after-receipt' },
  );
  if (!verdict.mayRelease) return 'receipts';
  return waitingFor(index, clip, ground);
}

async function waitingFor(
  index: IndexReader,
  { clipId, kind, liveSessionId }: ClipRecord,
  { readsCodes, nowMs, keptMs }: LocalCopyGround,
): Promise<LocalCopyStay | null> {
  const [row] = await index.read(
    `SELECT preview_state, code_state,
       (SELECT max(at) FROM custody_entry WHERE clip_id = ?1 AND action = 'sealed') AS sealed_at,
       EXISTS (SELECT 1 FROM forward WHERE clip_id = ?1) AS forwarding,
       EXISTS (SELECT 1 FROM deletion WHERE clip_id = ?1 AND state IN ('requested', 'approved', 'started')) AS deleting,
       EXISTS (SELECT 1 FROM reckoning_due WHERE kind = 'clip' AND id = ?1) AS due,
       EXISTS (SELECT 1 FROM picture_comparison INDEXED BY picture_comparison_waiting
         WHERE state = 'waiting' AND (clip_id = ?1 OR original_clip_id = ?1)) AS comparing
     FROM clip WHERE clip_id = ?1`,
    [clipId],
  );
  const sealedMs = Date.parse(String(row?.sealed_at));
  if (!(nowMs - sealedMs >= Math.max(keptMs, leastKeepMs))) return 'sealed-lately';
  if (row?.forwarding === 1) return 'forwarding';
  if (row?.deleting === 1) return 'deletion-asked';
  const isSearched = readsCodes && (kind === 'video' || kind === 'photo');
  if (row?.preview_state === 'waiting' || row?.due === 1) return 'not-looked-into';
  if (isSearched && row?.code_state === 'waiting') return 'not-looked-into';
  if (row?.comparing === 1) return 'being-compared';
  if (liveSessionId === null || nowMs - sealedMs >= reconciledWithinMs) return null;
  return (await isReconciled(index, clipId, liveSessionId)) ? null : 'not-reconciled';
}

/** Decided against what its recorder held, with no original still to come whose pictures it would be compared with. */
async function isReconciled(index: IndexReader, clipId: string, sessionId: string): Promise<boolean> {
  const [row] = await index.read(
    `SELECT EXISTS (SELECT 1 FROM live_match WHERE clip_id = ?1) AS decided,
       EXISTS (SELECT 1 FROM live_match WHERE clip_id = ?1 AND verdict = 'undecided'
         AND evidence ->> '$.reason' IN ('original-not-taken', 'being-compared', 'not-docked')) AS open,
       EXISTS (SELECT 1 FROM reckoning_due WHERE kind = 'live-session' AND id = ?2) AS due`,
    [clipId, sessionId],
  );
  return row?.decided === 1 && row.open === 0 && row.due === 0;
}
