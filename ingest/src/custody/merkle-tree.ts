import { createHash } from 'node:crypto';

/** A node of the RFC 9162 tree: 32 bytes of SHA-256. */
export type NodeHash = Buffer;

/** Hash of a leaf: SHA-256(0x00 ‖ entry), RFC 9162 §2.1.1. */
export function leafHash(entry: Uint8Array): NodeHash {
  return createHash('sha256').update(Uint8Array.of(0)).update(entry).digest();
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1. */
export function nodeHash(left: NodeHash, right: NodeHash): NodeHash {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** Root of the tree without leaves: SHA-256 of nothing, RFC 9162 §2.1.1. */
export const emptyRootHash: NodeHash = createHash('sha256').digest();

/**
 * What must be kept to append to a tree: the roots of the perfect subtrees that make it up, largest first, one for
 * each bit set in its size.
 */
export interface Frontier {
  readonly size: number;
  readonly subtrees: readonly NodeHash[];
}

export const emptyFrontier: Frontier = { size: 0, subtrees: [] };

export interface Appended {
  frontier: Frontier;
  /** Roots of the perfect subtrees this leaf completed, of 2, 4, 8… leaves: what proofs are later made from. */
  completed: readonly NodeHash[];
  rootHash: NodeHash;
}

/** Adds one leaf. */
export function appendLeaf(frontier: Frontier, leaf: NodeHash): Appended {
  const subtrees = [...frontier.subtrees];
  const completed: NodeHash[] = [];
  let hash = leaf;
  for (let remaining = frontier.size; remaining % 2 === 1; remaining = (remaining - 1) / 2) {
    const left = subtrees.pop();
    if (left === undefined) throw new RangeError('a frontier must hold one subtree for each bit of its size');
    hash = nodeHash(left, hash);
    completed.push(hash);
  }
  subtrees.push(hash);
  const next = { size: frontier.size + 1, subtrees };
  return { frontier: next, completed, rootHash: rootOf(next) };
}

/** Root of the whole tree. */
export function rootOf(frontier: Frontier): NodeHash {
  const [smallest, ...larger] = [...frontier.subtrees].reverse();
  if (smallest === undefined) return emptyRootHash;
  return larger.reduce((right, left) => nodeHash(left, right), smallest);
}

/** One perfect subtree of a tree: its last leaf, and its height (0 for a single leaf). */
export interface PerfectSubtree {
  lastLeaf: number;
  height: number;
}

/** The perfect subtrees of a tree of `size` leaves, largest first. */
export function perfectSubtrees(size: number): PerfectSubtree[] {
  const subtrees: PerfectSubtree[] = [];
  let start = 0;
  for (let height = Math.floor(Math.log2(Math.max(size, 1))); height >= 0; height -= 1) {
    const leaves = 2 ** height;
    if (size - start < leaves) continue;
    start += leaves;
    subtrees.push({ lastLeaf: start - 1, height });
  }
  return subtrees;
}
