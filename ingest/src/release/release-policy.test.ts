import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReceiptSummary } from '../clip/clip-record.ts';
import { type ClipState, legalMoves } from '../clip/clip-states.ts';
import type { Quarantine } from '../clip/quarantine.ts';
import { type ReleasePolicy, releaseVerdict } from './release-policy.ts';

const hash = 'a'.repeat(64);

function receipt(change: Partial<ReceiptSummary> = {}): ReceiptSummary {
  return {
    target: 'main',
    object: 'directory:main/x',
    sha256: hash,
    sizeBytes: 5,
    storedAt: '2026-08-04T10:00:00.000Z',
    issuedBy: 'archive',
    ...change,
  };
}

function clip(
  change: {
    state?: ClipState;
    sha256?: string | null;
    sizeBytes?: number;
    quarantine?: Quarantine | null;
    receipts?: ReceiptSummary[];
  } = {},
) {
  return {
    state: 'receipted' as const,
    sha256: hash,
    sizeBytes: 5,
    quarantine: null,
    receipts: [receipt()],
    ...change,
  };
}

describe('whether a recorder’s copy may be freed', () => {
  test('a receipted clip whose receipt names its hash and length may go', () => {
    expect(releaseVerdict(clip(), 'after-receipt', 'main')).toEqual({ mayRelease: true });
  });

  test.each([
    ['the policy is never', clip(), 'never', 'policy-never'],
    [
      'it is quarantined',
      clip({ quarantine: { reason: 'empty-file', detail: '' } }),
      'after-receipt',
      'quarantined',
    ],
    ['its hash is not known', clip({ sha256: null }), 'after-receipt', 'no-hash'],
    ['there is no receipt', clip({ receipts: [] }), 'after-receipt', 'no-receipt'],
    [
      'the receipt is another target’s',
      clip({ receipts: [receipt({ target: 'other' })] }),
      'after-receipt',
      'no-receipt',
    ],
    [
      'the receipt names another hash',
      clip({ receipts: [receipt({ sha256: 'b'.repeat(64) })] }),
      'after-receipt',
      'receipt-differs',
    ],
    [
      'the receipt names another length',
      clip({ receipts: [receipt({ sizeBytes: 6 })] }),
      'after-receipt',
      'receipt-differs',
    ],
  ] as const)('it stays where %s', (_why, stays, policy, because) => {
    expect(releaseVerdict(stays, policy, 'main')).toEqual({ mayRelease: false, because });
  });

  test.each(Object.keys(legalMoves).filter((state) => state !== 'receipted') as ClipState[])(
    'it stays while the clip is %s',
    (state) => {
      expect(releaseVerdict(clip({ state }), 'after-receipt', 'main')).toEqual({
        mayRelease: false,
        because: 'not-receipted',
      });
    },
  );

  test('it may go exactly when everything is in order, whatever the clip looks like', () => {
    const hashes = fc.constantFrom(hash, 'b'.repeat(64));
    const sizes = fc.constantFrom(0, 5, 6);
    const receipts = fc.record({
      target: fc.constantFrom('main', 'other'),
      sha256: hashes,
      sizeBytes: sizes,
    });
    const clips = fc.record({
      state: fc.oneof(
        fc.constant<ClipState>('receipted'),
        fc.constantFrom(...(Object.keys(legalMoves) as ClipState[])),
      ),
      sha256: fc.oneof({ weight: 6, arbitrary: hashes }, { weight: 1, arbitrary: fc.constant(null) }),
      sizeBytes: sizes,
      quarantine: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constant<Quarantine>({ reason: 'unsafe-name', detail: '' }) },
      ),
      receipts: fc.uniqueArray(receipts.map(receipt), { maxLength: 2, selector: ({ target }) => target }),
    });
    const policies = fc.constantFrom<ReleasePolicy>('after-receipt', 'never');
    let allowed = 0;
    fc.assert(
      fc.property(clips, policies, (candidate, policy) => {
        const fits = candidate.receipts.some(
          ({ target, sha256, sizeBytes }) =>
            target === 'main' && sha256 === candidate.sha256 && sizeBytes === candidate.sizeBytes,
        );
        const isInOrder =
          policy === 'after-receipt' &&
          candidate.state === 'receipted' &&
          candidate.sha256 !== null &&
          candidate.quarantine === null &&
          fits;
        expect(releaseVerdict(candidate, policy, 'main').mayRelease).toBe(isInOrder);
        if (isInOrder) allowed += 1;
      }),
      { numRuns: 3000 },
    );
    expect(allowed).toBeGreaterThan(0);
  });
});
