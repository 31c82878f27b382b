import type { Slot } from '@docket/gateway/contract';

const collator = new Intl.Collator('en', { numeric: true });

function compareSlots(left: Slot, right: Slot): number {
  if (left.label !== null && right.label === null) return -1;
  if (left.label === null && right.label !== null) return 1;
  return collator.compare(left.label ?? left.slot, right.label ?? right.slot);
}

/** Labelled slots first, each group in the order a person counts: 2 before 10. */
export function sortSlots(slots: readonly Slot[]): Slot[] {
  return [...slots].sort(compareSlots);
}

/** The board after one slot has changed; a slot not seen before is added in its place. */
export function withSlot(slots: readonly Slot[], changed: Slot): Slot[] {
  const index = slots.findIndex((slot) => slot.slot === changed.slot);
  if (index < 0) return sortSlots([...slots, changed]);
  const next = [...slots];
  next[index] = changed;
  return slots[index]?.label === changed.label ? next : sortSlots(next);
}

export interface BoardSummary {
  slots: number;
  empty: number;
  working: number;
  safe: number;
  attention: number;
  failed: number;
}

/** How many slots want what from a person. `safe` counts only what may be undocked now. */
export function summarise(slots: readonly Slot[]): BoardSummary {
  const summary: BoardSummary = {
    slots: slots.length,
    empty: 0,
    working: 0,
    safe: 0,
    attention: 0,
    failed: 0,
  };
  for (const slot of slots) {
    if (slot.state === 'empty') summary.empty += 1;
    else if (slot.state === 'attention') summary.attention += 1;
    else if (slot.state === 'failed') summary.failed += 1;
    else if (slot.state === 'safe' && slot.safeToUndock) summary.safe += 1;
    else summary.working += 1;
  }
  return summary;
}
