import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  appendLeaf,
  emptyFrontier,
  emptyRootHash,
  type Frontier,
  leafHash,
  perfectSubtrees,
  rootOf,
} from './merkle-tree.ts';

/** The leaves and roots every Certificate Transparency implementation is checked with (google/certificate-transparency). */
const knownLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

const knownRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function sha256(...parts: Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** MTH as RFC 9162 §2.1.1 writes it: split at the largest power of two smaller than the number of leaves. */
function merkleTreeHash(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(
    Uint8Array.of(1),
    merkleTreeHash(leaves.slice(0, split)),
    merkleTreeHash(leaves.slice(split)),
  );
}

function append(leaves: readonly Uint8Array[]): { frontier: Frontier; completed: (readonly Buffer[])[] } {
  let frontier = emptyFrontier;
  const completed: (readonly Buffer[])[] = [];
  for (const leaf of leaves) {
    const appended = appendLeaf(frontier, leafHash(leaf));
    expect(appended.rootHash).toEqual(rootOf(appended.frontier));
    frontier = appended.frontier;
    completed.push(appended.completed);
  }
  return { frontier, completed };
}

describe('the tree of the custody log', () => {
  test.each(knownRoots.map((root, size) => ({ size, root })))(
    'has the known root of $size leaves',
    ({ size, root }) => {
      expect(rootOf(append(knownLeaves.slice(0, size)).frontier).toString('hex')).toBe(root);
    },
  );

  test('an empty tree has the hash of nothing as its root', () => {
    expect(emptyRootHash.toString('hex')).toBe(knownRoots[0]);
  });

  test('appending leaf by leaf gives the root that the whole list gives', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 }), (leaves) => {
        expect(rootOf(append(leaves).frontier)).toEqual(merkleTreeHash(leaves));
      }),
    );
  });

  test('each leaf completes exactly the perfect subtrees that end with it', () => {
    const leaves = Array.from({ length: 33 }, (_, index) => Buffer.from([index]));
    const { completed } = append(leaves);
    for (const [index, roots] of completed.entries()) {
      const expected: Buffer[] = [];
      for (let size = 2; (index + 1) % size === 0; size *= 2) {
        expected.push(merkleTreeHash(leaves.slice(index + 1 - size, index + 1)));
      }
      expect(roots).toEqual(expected);
    }
  });

  test('perfect subtrees cover every leaf once, largest first, one for each bit of the size', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(5000), fc.maxSafeNat()), (size) => {
        const subtrees = perfectSubtrees(size);
        let covered = 0;
        let heightBefore = Number.POSITIVE_INFINITY;
        for (const { lastLeaf, height } of subtrees) {
          expect(height).toBeLessThan(heightBefore);
          covered += 2 ** height;
          expect(lastLeaf).toBe(covered - 1);
          heightBefore = height;
        }
        expect(covered).toBe(size);
        expect(subtrees.length).toBe(BigInt(size).toString(2).replaceAll('0', '').length);
      }),
    );
  });

  test('a frontier that lacks a subtree is refused rather than hashed wrongly', () => {
    expect(() => appendLeaf({ size: 1, subtrees: [] }, leafHash(Buffer.from('x')))).toThrow(RangeError);
  });
});
