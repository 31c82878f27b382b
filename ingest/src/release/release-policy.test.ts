import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519Signer } from '../archive/receipts/ed25519.ts';
import { ReceiptKeys } from '../archive/receipts/receipt-keys.ts';
import type { ReceiptQuorum } from '../archive/receipts/receipt-terms.ts';
import { type ReceiptText, type WormWord, writeReceiptText } from '../archive/receipts/receipt-text.ts';
import { signNote } from '../archive/receipts/signed-note.ts';
import { type ClipState, legalMoves } from '../clip/clip-states.ts';
import { type ReleaseFacts, type ReleaseRule, releaseVerdict, type ShortfallCode } from './release-policy.ts';

const hash = 'a'.repeat(64);
const recordHash = 'c'.repeat(64);
const other = 'b'.repeat(64);
const needed = '2027-02-04T10:00:00.000Z';

const signer = (name: string) => ed25519Signer(name, generateKeyPairSync('ed25519').privateKey);
const dock = signer('docket/dock-1');
const archive = signer('archive.example');
const stranger = signer('docket/dock-1');
const keys = new ReceiptKeys(
  [dock],
  [
    { name: 'main', receiptKeys: [] },
    { name: 'second', receiptKeys: [archive.verifierKey] },
  ],
);

const proven = { state: 'proven', probeId: 'probe-1', at: '2026-08-01T00:00:00.000Z' } as const;

function receipt(change: Partial<ReceiptText> = {}): ReceiptText {
  return {
    archive: 'main',
    clip: { sha256: hash, sizeBytes: 5, sm3: null },
    stored: null,
    recordSha256: recordHash,
    object: { name: `s3:bwc/clips/${hash}`, versionId: null, etag: null },
    retain: { mode: 'COMPLIANCE', until: '2027-03-01T00:00:00.000Z', isOnHold: false },
    worm: proven,
    verified: { level: 'readback', by: 'gateway', at: '2026-08-04T10:00:00.000Z' },
    log: null,
    ...change,
  };
}

const note = (change: Partial<ReceiptText> = {}, by = dock) =>
  signNote(writeReceiptText(receipt(change)), [by]);

function facts(
  change: Partial<Omit<ReleaseFacts, 'clip'>> & { clip?: Partial<ReleaseFacts['clip']> } = {},
): ReleaseFacts {
  return {
    isOnHold: false,
    lockedUntilAtLeast: needed,
    receipts: [{ target: 'main', body: note() }],
    probes: [{ target: 'main', isSound: true, isWormProven: true }],
    ...change,
    clip: {
      state: 'receipted',
      sha256: hash,
      sizeBytes: 5,
      quarantine: null,
      recordSha256: recordHash,
      ...change.clip,
    },
  };
}

const rule = (change: Partial<ReleaseRule> = {}): ReleaseRule => ({
  policy: 'after-receipt',
  quorum: 'all',
  leastGrade: 'gateway-verified',
  targets: [{ name: 'main', isWormRequired: true }],
  keys,
  lockedMonths: 6,
  ...change,
});

const withReceipt = (body: string) => facts({ receipts: [{ target: 'main', body }] });

describe('whether a recorder’s copy may be freed', () => {
  test('a receipted clip whose receipt is signed and names its hash, length and record may go', () => {
    expect(releaseVerdict(facts(), rule())).toEqual({ mayRelease: true });
  });

  test.each([
    ['the policy is never', facts(), { policy: 'never' }, 'policy-never'],
    [
      'it is quarantined',
      facts({ clip: { quarantine: { reason: 'empty-file', detail: '' } } }),
      {},
      'quarantined',
    ],
    ['it is on hold', facts({ isOnHold: true }), {}, 'on-hold'],
    ['its hash is not known', facts({ clip: { sha256: null } }), {}, 'no-hash'],
    ['its record was never sealed', facts({ clip: { recordSha256: null } }), {}, 'no-hash'],
    ['no archive is configured', facts(), { targets: [] }, 'too-few-receipts'],
  ] as const)('it stays where %s', (_why, stays, change, because) => {
    expect(releaseVerdict(stays, rule(change))).toMatchObject({ mayRelease: false, because });
  });

  test.each<[string, ReleaseFacts, ShortfallCode]>([
    ['is missing', facts({ receipts: [] }), 'no-receipt'],
    ['is another target’s', facts({ receipts: [{ target: 'other', body: note() }] }), 'no-receipt'],
    [
      'is JSON, as before receipts were signed',
      withReceipt(`{"sha256":"${hash}","sizeBytes":5,"v":1}`),
      'not-trusted',
    ],
    ['is signed by a stranger of the same name', withReceipt(note({}, stranger)), 'not-trusted'],
    [
      'was changed by one digit after it was signed',
      withReceipt(note().replace('size 5', 'size 6')),
      'signature-invalid',
    ],
    [
      'names another hash',
      withReceipt(note({ clip: { sha256: other, sizeBytes: 5, sm3: null } })),
      'other-clip',
    ],
    [
      'names another length',
      withReceipt(note({ clip: { sha256: hash, sizeBytes: 6, sm3: null } })),
      'other-clip',
    ],
    ['names another record', withReceipt(note({ recordSha256: other })), 'other-clip'],
    [
      'rests on parts',
      withReceipt(note({ verified: { ...receipt().verified, level: 'parts' } })),
      'not-read-back',
    ],
    [
      'rests on what an archive says without signing',
      withReceipt(note({ verified: { ...receipt().verified, by: 'archive' } })),
      'not-read-back',
    ],
    [
      'ends its lock before the clip may go',
      withReceipt(note({ retain: { mode: 'COMPLIANCE', until: '2027-02-04T09:59:59Z', isOnHold: false } })),
      'lock-too-short',
    ],
    [
      'knows no end of its lock',
      withReceipt(note({ retain: { mode: 'COMPLIANCE', until: null, isOnHold: false } })),
      'lock-too-short',
    ],
    ['only declares WORM', withReceipt(note({ worm: { state: 'declared' } })), 'worm-not-proven'],
    [
      'is of a target whose latest probe failed',
      facts({ probes: [{ target: 'main', isSound: false, isWormProven: true }] }),
      'target-unsound',
    ],
    [
      'is of a target whose latest probe no longer proves WORM',
      facts({ probes: [{ target: 'main', isSound: true, isWormProven: false }] }),
      'worm-not-proven',
    ],
  ])('it stays where the receipt %s', (_what, stays, because) => {
    expect(releaseVerdict(stays, rule())).toEqual({
      mayRelease: false,
      because: 'too-few-receipts',
      shortfalls: [{ target: 'main', because }],
    });
  });

  test('where the archive must sign, the gateway’s word is too little', () => {
    const strict = rule({
      leastGrade: 'archive-signed',
      targets: [{ name: 'second', isWormRequired: false }],
    });
    const by = { ...receipt().verified, by: 'archive' } as const;
    const signed = (body: string) => facts({ receipts: [{ target: 'second', body }] });
    expect(releaseVerdict(signed(note({ verified: by }, archive)), strict)).toEqual({ mayRelease: true });
    expect(releaseVerdict(signed(note()), strict)).toMatchObject({
      shortfalls: [{ because: 'grade-too-low' }],
    });
    // A key pinned for one target says nothing for another.
    const elsewhere = facts({ receipts: [{ target: 'main', body: note({ verified: by }, archive) }] });
    expect(releaseVerdict(elsewhere, rule())).toMatchObject({ shortfalls: [{ because: 'not-trusted' }] });
  });

  test.each((Object.keys(legalMoves) as ClipState[]).filter((state) => state !== 'receipted'))(
    'it stays while the clip is %s',
    (state) => {
      expect(releaseVerdict(facts({ clip: { state } }), rule())).toMatchObject({ because: 'not-receipted' });
    },
  );

  test('it may go exactly when everything is in order, whatever clip, receipts, probes and rule look like', () => {
    const mostly = <Value>(usual: Value, ...unusual: Value[]) =>
      fc.oneof(
        { weight: 12, arbitrary: fc.constant(usual) },
        { weight: 1, arbitrary: fc.constantFrom(...unusual) },
      );
    const names = ['main', 'second', 'third'];
    const receiptOf = fc.record({
      isThere: mostly(true, false),
      signer: mostly(dock, archive, stranger),
      sha256: mostly(hash, other),
      sizeBytes: mostly(5, 6),
      recordSha256: mostly(recordHash, other),
      level: mostly('readback' as const, 'parts' as const, 'server-checksum' as const, 'stat' as const),
      by: mostly('gateway' as const, 'archive' as const),
      mode: fc.constantFrom('COMPLIANCE' as const, 'DIRECTORY' as const, 'NONE' as const),
      until: mostly<string | null>('2027-02-04T10:00:00Z', '2027-02-04T09:59:59Z', null),
      worm: mostly<WormWord>(proven, { state: 'declared' }, { state: 'none' }),
      isChanged: mostly(false, true),
      isSound: mostly<boolean | null>(true, false, null),
      isWormProven: mostly(true, false),
      isWormRequired: fc.boolean(),
    });
    const worlds = fc.record({
      state: mostly<ClipState>('receipted', ...(Object.keys(legalMoves) as ClipState[])),
      policy: mostly('after-receipt' as const, 'never' as const),
      isQuarantined: mostly(false, true),
      isOnHold: mostly(false, true),
      quorum: fc.constantFrom<ReceiptQuorum>('all', 'any', 0, 1, 2, 3, 4),
      leastGrade: fc.constantFrom('gateway-verified' as const, 'archive-signed' as const),
      targets: fc.array(receiptOf, { maxLength: 3 }),
    });
    let allowed = 0;
    let refused = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const named = world.targets.map((target, index) => ({ ...target, name: names[index] ?? '' }));
        const good = named.filter((one) => {
          const isArchives = one.name === 'second' && one.signer === archive;
          const isTrusted = one.signer === dock || isArchives;
          const isGraded = world.leastGrade === 'gateway-verified' || isArchives;
          const isLocked = one.mode !== 'COMPLIANCE' || one.until === '2027-02-04T10:00:00Z';
          const saysWorm = one.worm === proven || (isArchives && one.worm.state === 'declared');
          const isWorm = !one.isWormRequired || (saysWorm && one.isSound === true && one.isWormProven);
          return (
            one.isThere &&
            isTrusted &&
            isGraded &&
            isLocked &&
            isWorm &&
            !one.isChanged &&
            one.isSound !== false &&
            one.sha256 === hash &&
            one.sizeBytes === 5 &&
            one.recordSha256 === recordHash &&
            one.level === 'readback' &&
            (one.by === 'gateway' || isArchives)
          );
        }).length;
        const wanted = world.quorum === 'all' ? named.length : world.quorum === 'any' ? 1 : world.quorum;
        const isInOrder =
          world.policy === 'after-receipt' &&
          world.state === 'receipted' &&
          !world.isQuarantined &&
          !world.isOnHold &&
          named.length > 0 &&
          good >= Math.max(1, wanted);
        const body = (one: (typeof named)[number]) => {
          const { sha256, sizeBytes, recordSha256, worm, mode, until, level, by } = one;
          const signed = note(
            {
              clip: { sha256, sizeBytes, sm3: null },
              recordSha256,
              worm,
              retain: { mode, until, isOnHold: false },
              verified: { level, by, at: '2026-08-04T10:00:00Z' },
            },
            one.signer,
          );
          return one.isChanged ? signed.replace('hold off', 'hold on') : signed;
        };
        const verdict = releaseVerdict(
          facts({
            clip: {
              state: world.state,
              quarantine: world.isQuarantined ? { reason: 'unsafe-name', detail: '' } : null,
            },
            isOnHold: world.isOnHold,
            receipts: named
              .filter(({ isThere }) => isThere)
              .map((one) => ({ target: one.name, body: body(one) })),
            probes: named.flatMap(({ name, isSound, isWormProven }) =>
              isSound === null ? [] : [{ target: name, isSound, isWormProven }],
            ),
          }),
          rule({ policy: world.policy, quorum: world.quorum, leastGrade: world.leastGrade, targets: named }),
        );
        expect(verdict.mayRelease).toBe(isInOrder);
        if (isInOrder) allowed += 1;
        else refused += 1;
      }),
      { numRuns: 1500 },
    );
    expect(allowed).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});
