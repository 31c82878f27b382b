import { isNoteError } from '../archive/receipts/note-error.ts';
import type { BelievedReceipt, ReceiptKeys } from '../archive/receipts/receipt-keys.ts';
import { isQuorum, type ReceiptTerms, receiptGrades } from '../archive/receipts/receipt-terms.ts';
import type { CommonTargetSettings } from '../archive/target-settings.ts';
import type { ClipRecord } from '../clip/clip-record.ts';

/** When a recorder's copy may be freed: never, or once the archives have signed for the clip. */
export type ReleasePolicy = 'never' | 'after-receipt';

/** By what it is decided whether a copy may go. */
export interface ReleaseRule extends Pick<ReceiptTerms, 'quorum' | 'leastGrade'> {
  policy: ReleasePolicy;
  targets: readonly Pick<CommonTargetSettings, 'name' | 'isWormRequired'>[];
  keys: ReceiptKeys;
  /** How many months a lock in an archive must last at least, from when the clip was sealed. */
  lockedMonths: number;
}

/** All that is looked at, of one moment. */
export interface ReleaseFacts {
  clip: Pick<ClipRecord, 'state' | 'sha256' | 'sizeBytes' | 'quarantine' | 'recordSha256'>;
  isOnHold: boolean;
  /** How long a lock in an archive must last at least, RFC 3339. */
  lockedUntilAtLeast: string | null;
  /** The signed notes, as they are kept. */
  receipts: readonly { target: string; body: string }[];
  /** The latest probe of each target that was ever probed. */
  probes: readonly { target: string; isSound: boolean; isWormProven: boolean }[];
}

export type ReleaseVerdict =
  | { mayRelease: true }
  | { mayRelease: false; because: ReleaseRefusal; shortfalls: readonly ReceiptShortfall[] };

export type ReleaseRefusal =
  | 'policy-never'
  | 'not-receipted'
  | 'quarantined'
  | 'on-hold'
  | 'no-hash'
  | 'too-few-receipts';

/** Why the receipt of one target does not count. */
export interface ReceiptShortfall {
  target: string;
  because: ShortfallCode;
}

/**
 * no-receipt          there is none
 * not-trusted         no trusted key signed it, or it is no signed note
 * signature-invalid   it was changed after it was signed
 * other-clip          it names another hash, length or record
 * grade-too-low       the gateway signed where the archive must
 * not-read-back       the bytes were not read again by whoever signed
 * lock-too-short      the lock ends before the clip may go
 * worm-not-proven     the target must have proven its WORM to us, and its receipt must say so; one of both is missing
 * target-unsound      the latest probe of the target failed
 */
export type ShortfallCode =
  | 'no-receipt'
  | 'not-trusted'
  | 'signature-invalid'
  | 'other-clip'
  | 'grade-too-low'
  | 'not-read-back'
  | 'lock-too-short'
  | 'worm-not-proven'
  | 'target-unsound';

/**
 * The one place that decides whether the recorder's copy of a clip may be erased. It reads the receipts themselves, checks
 * their signatures each time, and believes nothing else of what archives are said to hold.
 */
export function releaseVerdict(facts: ReleaseFacts, rule: ReleaseRule): ReleaseVerdict {
  const refuse = (because: ReleaseRefusal, shortfalls: readonly ReceiptShortfall[] = []): ReleaseVerdict => ({
    mayRelease: false,
    because,
    shortfalls,
  });
  const { clip } = facts;
  if (rule.policy === 'never') return refuse('policy-never');
  if (clip.state !== 'receipted') return refuse('not-receipted');
  if (clip.quarantine !== null) return refuse('quarantined');
  if (facts.isOnHold) return refuse('on-hold');
  if (clip.sha256 === null || clip.recordSha256 === null) return refuse('no-hash');
  const shortfalls = rule.targets.flatMap((target) => {
    const because = shortfallOf(facts, rule, target);
    return because === null ? [] : [{ target: target.name, because }];
  });
  const signed = rule.targets.length - shortfalls.length;
  return isQuorum(signed, rule.targets.length, rule.quorum)
    ? { mayRelease: true }
    : refuse('too-few-receipts', shortfalls);
}

function shortfallOf(
  facts: ReleaseFacts,
  { keys, leastGrade }: ReleaseRule,
  { name, isWormRequired }: ReleaseRule['targets'][number],
): ShortfallCode | null {
  const receipt = facts.receipts.find(({ target }) => target === name);
  if (receipt === undefined) return 'no-receipt';
  const believed = believe(keys, name, receipt.body);
  if (typeof believed === 'string') return believed;
  if (!isOfClip(believed, facts.clip)) return 'other-clip';
  if (receiptGrades.indexOf(believed.grade) > receiptGrades.indexOf(leastGrade)) return 'grade-too-low';
  if (!isReadBack(believed)) return 'not-read-back';
  if (!isLockedLongEnough(believed, facts.lockedUntilAtLeast)) return 'lock-too-short';
  const probe = facts.probes.find(({ target }) => target === name);
  if (probe?.isSound === false) return 'target-unsound';
  return isWormRequired && !(saysWorm(believed) && probe?.isWormProven) ? 'worm-not-proven' : null;
}

function believe(keys: ReceiptKeys, target: string, body: string): BelievedReceipt | ShortfallCode {
  try {
    return keys.believe(target, body);
  } catch (error) {
    if (!isNoteError(error)) throw error;
    return error.code === 'signature-invalid' ? 'signature-invalid' : 'not-trusted';
  }
}

function isOfClip({ text }: BelievedReceipt, clip: ReleaseFacts['clip']): boolean {
  const { sha256, sizeBytes } = text.clip;
  return sha256 === clip.sha256 && sizeBytes === clip.sizeBytes && text.recordSha256 === clip.recordSha256;
}

/** Whoever signs must have read the bytes: what an archive merely says weighs only under its own signature. */
function isReadBack({ text, grade }: BelievedReceipt): boolean {
  const { level, by } = text.verified;
  return level === 'readback' && (by === 'gateway' || grade === 'archive-signed');
}

/** An archive that signs by itself knows nothing of our probes: it says that it locks, and the probe proves it. */
function saysWorm({ text, grade }: BelievedReceipt): boolean {
  const { state } = text.worm;
  return state === 'proven' || (state === 'declared' && grade === 'archive-signed');
}

/** Where nothing is locked, nothing is asked: that is `isWormRequired`. */
function isLockedLongEnough({ text }: BelievedReceipt, atLeast: string | null): boolean {
  const { mode, until } = text.retain;
  if (mode !== 'COMPLIANCE') return true;
  return atLeast !== null && until !== null && Date.parse(until) >= Date.parse(atLeast);
}
