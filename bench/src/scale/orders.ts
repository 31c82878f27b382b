import type { ClipOrder, Lane } from './dock-queue.ts';
import type { QueuedClip } from './fleet.ts';

export interface NamedOrder {
  name: string;
  lanes: readonly Lane[];
}

const byArrival: ClipOrder = (one, other) =>
  one.queuedAt - other.queuedAt || one.recordedAt - other.recordedAt;

/**
 * The orders that are compared. `within` in hours, and the share of the line kept for important clips, as the forwarding
 * policy has them.
 */
export function comparedOrders(
  within: { important: number; ordinary: number },
  importantShare: number,
): readonly NamedOrder[] {
  const dueAt = ({ isImportant, recordedAt }: QueuedClip) =>
    recordedAt + (isImportant ? within.important : within.ordinary) * 60;
  const byDeadline: ClipOrder = (one, other) =>
    dueAt(one) - dueAt(other) || importantFirst(one, other) || one.recordedAt - other.recordedAt;
  return [
    { name: 'as they come (FIFO)', lanes: [{ share: 1, order: byArrival }] },
    { name: 'by deadline alone', lanes: [{ share: 1, order: byDeadline }] },
    {
      name: `Docket: by deadline, ${importantShare * 100} % of the line kept for important clips`,
      lanes: [
        {
          share: importantShare,
          order: (one, other) => importantFirst(one, other) || byDeadline(one, other),
        },
        { share: 1 - importantShare, order: byDeadline },
      ],
    },
  ];
}

function importantFirst(one: QueuedClip, other: QueuedClip): number {
  return Number(other.isImportant) - Number(one.isImportant);
}
