import { setTimeout as delay } from 'node:timers/promises';
import type { ClipReader } from '@docket/device-protocol';
import { RecorderError } from '@docket/device-protocol';

/** How a clip held in memory behaves when it is read. */
export interface ReaderBehaviour {
  /** Length it claims at opening, where it is not the truth. */
  claimedBytes?: number;
  /** Fails once this byte is asked for. */
  failsAt?: number;
  /** Never answers once this byte is asked for. */
  hangsAt?: number;
  /** Differs at the end from what was opened. */
  isChanged?: boolean;
  onRead?(positionBytes: number): void;
  /** A slow wire: the most given at once, and how long each piece takes. */
  wire?: { pieceBytes: number; pieceMs: number };
}

/** A clip held in memory, read as a recorder would give it. */
export function memoryReader(content: Uint8Array, behaviour: ReaderBehaviour = {}): ClipReader {
  return {
    pieceBytes: behaviour.wire?.pieceBytes ?? Number.MAX_SAFE_INTEGER,
    sizeBytes: behaviour.claimedBytes ?? content.length,
    read: async (into, positionBytes) => {
      behaviour.onRead?.(positionBytes);
      if (behaviour.wire !== undefined) await delay(behaviour.wire.pieceMs);
      const end = positionBytes + into.length;
      if (behaviour.failsAt !== undefined && end > behaviour.failsAt) {
        throw new RecorderError('CLIP_READ_FAILED', 'bad sector', { positionBytes: behaviour.failsAt });
      }
      if (behaviour.hangsAt !== undefined && end > behaviour.hangsAt) return new Promise<number>(() => {});
      const part = content.subarray(positionBytes, end);
      into.set(part);
      return part.length;
    },
    assertUnchanged: async () => {
      if (behaviour.isChanged) throw new RecorderError('CLIP_CHANGED', 'it changed');
    },
    close: async () => {},
  };
}
