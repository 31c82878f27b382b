import type { Room } from './room.ts';

/** How the store keeps room for what comes. */
export interface StoreSpacePolicy {
  /** Space on the store's disk that clips may not use: it stays free for the index. */
  reserveBytes: number;
  /** Above this share of the disk, between 0 and 1, local copies of archived clips leave, the oldest first, … */
  highWaterShare: number;
  /** … until no more than this share is used. */
  lowWaterShare: number;
  /** Local copies of archived clips leave so many days after they were sealed; `null`: not by time. */
  keepLocalDays: number | null;
}

export const usualStoreSpace: StoreSpacePolicy = {
  reserveBytes: 268_435_456,
  highWaterShare: 0.85,
  lowWaterShare: 0.7,
  keepLocalDays: null,
};

/**
 * How many bytes are to leave: none while no more than the high mark is used, else what is used above the low mark. On a small
 * disk the reserve is reached before the high mark; then that is the mark, and the low one lies as far below.
 */
export function bytesToRegain({ freeBytes, totalBytes }: Room, policy: StoreSpacePolicy): number {
  const { reserveBytes, highWaterShare, lowWaterShare } = policy;
  const usedBytes = totalBytes - freeBytes;
  const highBytes = Math.min(totalBytes * highWaterShare, totalBytes - reserveBytes);
  if (usedBytes <= highBytes) return 0;
  const lowBytes = Math.max(0, highBytes - totalBytes * (highWaterShare - lowWaterShare));
  return Math.ceil(usedBytes - lowBytes);
}
