/**
 * The life of a clip. The only place where the legal moves stand; `moveClip` allows nothing else.
 *
 * recording   a live stream is being written into it, part by part
 * listed      seen on a recorder; no byte of it is ours yet
 * pulled      every byte written and on disk, hashes taken from the bytes as they were read
 * verified    read back from the store's disk and equal to what was read
 * sealed      its record lies beside it; the clip stands in the store and explains itself
 * forwarded   the archive has taken it
 * receipted   the archive's receipt names its hash and length, and both are equal to ours
 * released    the recorder's copy is freed
 * deleted     its bytes are gone from the store, under a warrant; `retention/`, and the guards of migration 0009
 * unreadable  its bytes could not be taken; it stays on the recorder and is tried again
 * lost        seen once, and gone from the recorder before it was pulled
 */
export const legalMoves = {
  recording: ['pulled', 'lost'],
  listed: ['pulled', 'unreadable', 'lost'],
  pulled: ['verified', 'listed'],
  verified: ['sealed', 'listed'],
  sealed: ['forwarded'],
  forwarded: ['receipted', 'sealed'],
  receipted: ['released', 'deleted'],
  released: ['deleted'],
  deleted: [],
  unreadable: ['listed', 'lost'],
  lost: ['listed'],
} as const satisfies Record<string, readonly string[]>;

export type ClipState = keyof typeof legalMoves;

/** States in which the clip's bytes stand, proven, in the store, or have left it on the receipts of archives. */
export const storedStates: readonly ClipState[] = ['sealed', 'forwarded', 'receipted', 'released'];

export function isLegalMove(from: ClipState, to: ClipState): boolean {
  return (legalMoves[from] as readonly ClipState[]).includes(to);
}

export function isStored(state: ClipState): boolean {
  return storedStates.includes(state);
}

/** Whether the bytes of a clip can be read from the store: a stored clip’s may have left it for the archive’s. */
export function hasLocalMedia({
  state,
  localRemovedAt,
}: {
  state: ClipState;
  localRemovedAt: string | null;
}): boolean {
  return isStored(state) && localRemovedAt === null;
}
