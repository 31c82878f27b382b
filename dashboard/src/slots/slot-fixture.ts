import type { Slot } from '@docket/gateway/contract';

/** An empty slot, but for what a test says of it. */
export function slotNamed(slot: string, parts: Partial<Slot> = {}): Slot {
  return {
    slot,
    label: null,
    state: 'empty',
    safeToUndock: false,
    since: '2026-11-22T08:00:00.000Z',
    dockingId: null,
    recorder: null,
    capabilities: [],
    concerns: [],
    clock: { state: 'unreadable', reason: 'not-read-yet' },
    clockVerdict: { state: 'unknown', reasons: [] },
    progress: null,
    issue: null,
    ...parts,
  };
}
