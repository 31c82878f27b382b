import TinyQueue from 'tinyqueue';
import { stepMinutes } from './central-share.ts';
import type { Dock, QueuedClip } from './fleet.ts';

/** Which of two waiting clips goes first: negative for the first. */
export type ClipOrder = (one: QueuedClip, other: QueuedClip) => number;

/** A part of the line, and the order in which it carries clips. What one lane has no clip for, the others carry. */
export interface Lane {
  share: number;
  order: ClipOrder;
}

interface WaitingClip {
  index: number;
  clip: QueuedClip;
  leftBytes: number;
}

/**
 * When each clip of the dock had arrived, in minutes; `Infinity` for what had not by the end. In the order of `dock.clips`. A
 * clip on its way gives way to one that goes before it, and keeps what it has sent.
 */
export function sendAll(dock: Dock, shares: Float64Array, lanes: readonly Lane[]): Float64Array {
  const doneAt = new Float64Array(dock.clips.length).fill(Number.POSITIVE_INFINITY);
  const queues = lanes.map(({ order }) => queueOf(order));
  const lineBytes = dock.lineBytesPerMinute * stepMinutes;
  let next = 0;
  for (let step = 0; step < shares.length; step += 1) {
    const startsAt = step * stepMinutes;
    for (; next < dock.clips.length; next += 1) {
      const clip = dock.clips[next];
      if (clip === undefined || clip.queuedAt >= startsAt + stepMinutes) break;
      const waiting = { index: next, clip, leftBytes: clip.sizeBytes };
      for (const queue of queues) queue.push(waiting);
    }
    const capacity = Math.min(lineBytes, shares[step] ?? 0);
    let usedBytes = 0;
    const send = (queue: TinyQueue<WaitingClip>, bytes: number) => {
      for (let left = bytes; left > 0; ) {
        const first = firstWaiting(queue);
        if (first === undefined) return;
        const sent = Math.min(first.leftBytes, left);
        left -= sent;
        usedBytes += sent;
        first.leftBytes -= sent;
        if (first.leftBytes === 0) doneAt[first.index] = startsAt + stepMinutes * (usedBytes / capacity);
      }
    };
    for (const [lane, queue] of queues.entries()) send(queue, capacity * (lanes[lane]?.share ?? 0));
    for (const queue of queues) send(queue, capacity - usedBytes);
  }
  return doneAt;
}

function queueOf(order: ClipOrder): TinyQueue<WaitingClip> {
  return new TinyQueue<WaitingClip>(
    [],
    (one, other) => order(one.clip, other.clip) || one.index - other.index,
  );
}

/** A clip that another lane has sent is passed over. */
function firstWaiting(queue: TinyQueue<WaitingClip>): WaitingClip | undefined {
  while (queue.peek()?.leftBytes === 0) queue.pop();
  return queue.peek();
}
