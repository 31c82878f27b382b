import type { ClipRecord } from '../clip/clip-record.ts';

/** When a recorder's copy may be freed: never, or once an archive has signed for the clip. */
export type ReleasePolicy = 'never' | 'after-receipt';

export type ReleaseVerdict = { mayRelease: true } | { mayRelease: false; because: ReleaseRefusal };

export type ReleaseRefusal =
  | 'policy-never'
  | 'not-receipted'
  | 'quarantined'
  | 'no-hash'
  | 'no-receipt'
  | 'receipt-differs';

/**
 * The one place that decides whether the recorder's copy of a clip may be erased. It looks at the clip's own hash and
 * length, the receipts, and the policy; at nothing else.
 */
export function releaseVerdict(
  clip: Pick<ClipRecord, 'state' | 'sha256' | 'sizeBytes' | 'quarantine' | 'receipts'>,
  policy: ReleasePolicy,
  target: string,
): ReleaseVerdict {
  const refuse = (because: ReleaseRefusal): ReleaseVerdict => ({ mayRelease: false, because });
  if (policy === 'never') return refuse('policy-never');
  if (clip.state !== 'receipted') return refuse('not-receipted');
  if (clip.quarantine !== null) return refuse('quarantined');
  if (clip.sha256 === null) return refuse('no-hash');
  const receipt = clip.receipts.find((candidate) => candidate.target === target);
  if (receipt === undefined) return refuse('no-receipt');
  if (receipt.sha256 !== clip.sha256 || receipt.sizeBytes !== clip.sizeBytes)
    return refuse('receipt-differs');
  return { mayRelease: true };
}
