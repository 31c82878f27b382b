import type { Span } from '../../time/span.ts';
import type { ForwardingPolicy } from './forwarding-policy.ts';

/** What decides when a clip must be archived, read at one moment. Instants in Unix milliseconds. */
export interface ForwardFacts {
  clipId: string;
  /** When it was recorded, where that is known well enough to go by; `null`: it is not. */
  span: Span | null;
  /** By then it had been recorded, whatever any clock says. */
  recordedByMs: number;
  isMarked: boolean;
  /** Its recorder took part in an on-site operation while it was recorded. */
  isOfOperation: boolean;
  /** Since when it is linked, held or demanded; `null`: it is not. */
  linkedSinceMs: number | null;
  heldSinceMs: number | null;
  demandedSinceMs: number | null;
}

/** 0 bulk, 1 important, 2 marked, 3 demanded by the centre. */
export type Importance = 0 | 1 | 2 | 3;

export interface ForwardOrder {
  importance: Importance;
  dueAtMs: number;
  /** Latest end of the recording: its age. */
  recordedAtMs: number;
}

/**
 * How urgent a clip is. The time runs from the latest end of the recording; for a clip that became important only later, from
 * then, but it is never due later than an ordinary one. A recorder's clock cannot put the deadline behind the moment by which
 * the clip lay in the dock.
 */
export function forwardOrder(
  facts: ForwardFacts,
  { importantWithinHours, ordinaryWithinHours }: ForwardingPolicy,
): ForwardOrder {
  const endMs = Math.min(facts.span?.end.highMs ?? Number.POSITIVE_INFINITY, facts.recordedByMs);
  const dueAtMs = endMs + hours(ordinaryWithinHours);
  const sinceMs = importantSince(facts, endMs);
  if (sinceMs === null) return { importance: 0, dueAtMs, recordedAtMs: endMs };
  return {
    importance: facts.demandedSinceMs !== null ? 3 : facts.isMarked ? 2 : 1,
    dueAtMs: Math.min(dueAtMs, Math.max(endMs, sinceMs) + hours(importantWithinHours)),
    recordedAtMs: endMs,
  };
}

function importantSince(facts: ForwardFacts, endMs: number): number | null {
  const since = [facts.linkedSinceMs, facts.heldSinceMs, facts.demandedSinceMs].filter((at) => at !== null);
  if (facts.isMarked || facts.isOfOperation) since.push(endMs);
  return since.length === 0 ? null : Math.min(...since);
}

function hours(count: number): number {
  return count * 3_600_000;
}
