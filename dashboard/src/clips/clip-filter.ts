import type { ClipQuery } from '@docket/gateway/contract';
import type { ClipKind, ClipState } from '../api/contract-types.ts';

export const clipKinds = ['video', 'audio', 'photo', 'sidecar'] as const satisfies readonly ClipKind[];

export const clipStates = [
  'recording',
  'listed',
  'pulled',
  'verified',
  'sealed',
  'forwarded',
  'receipted',
  'released',
  'deleted',
  'unreadable',
  'lost',
] as const satisfies readonly ClipState[];

/** What a person has asked to see. Days are days of the calendar on the screen: `2026-11-22`. */
export interface ClipFilter {
  text: string;
  state: ClipState | null;
  kind: ClipKind | null;
  recorderId: string | null;
  dockingId: string | null;
  marked: boolean;
  quarantined: boolean;
  fromDay: string | null;
  toDay: string | null;
}

export const emptyFilter: Readonly<ClipFilter> = {
  text: '',
  state: null,
  kind: null,
  recorderId: null,
  dockingId: null,
  marked: false,
  quarantined: false,
  fromDay: null,
  toDay: null,
};

/** A query as vue-router hands it over: anything a stranger may have typed into the address bar. */
export type AddressQuery = Record<string, string | null | undefined | (string | null)[]>;

function single(value: AddressQuery[string]): string | null {
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === null || first === '' ? null : first;
}

function knownOrNull<Word extends string>(words: readonly Word[], value: string | null): Word | null {
  return words.find((word) => word === value) ?? null;
}

function dayOrNull(value: string | null): string | null {
  if (value === null || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return null;
  return Number.isNaN(Date.parse(`${value}T00:00:00`)) ? null : value;
}

export function filterFromAddress(query: AddressQuery): ClipFilter {
  return {
    text: (single(query.text) ?? '').slice(0, 200),
    state: knownOrNull(clipStates, single(query.state)),
    kind: knownOrNull(clipKinds, single(query.kind)),
    recorderId: single(query.recorder),
    dockingId: single(query.docking),
    marked: single(query.marked) === '1',
    quarantined: single(query.quarantined) === '1',
    fromDay: dayOrNull(single(query.from)),
    toDay: dayOrNull(single(query.to)),
  };
}

/** Only what differs from the empty filter, so that addresses stay short and equal filters have equal addresses. */
export function addressFromFilter(filter: ClipFilter): Record<string, string> {
  const query: Record<string, string> = {};
  if (filter.text !== '') query.text = filter.text;
  if (filter.state) query.state = filter.state;
  if (filter.kind) query.kind = filter.kind;
  if (filter.recorderId) query.recorder = filter.recorderId;
  if (filter.dockingId) query.docking = filter.dockingId;
  if (filter.marked) query.marked = '1';
  if (filter.quarantined) query.quarantined = '1';
  if (filter.fromDay) query.from = filter.fromDay;
  if (filter.toDay) query.to = filter.toDay;
  return query;
}

/** The filter as the API wants it: days become instants in the zone of the screen, the last day included whole. */
export function queryFromFilter(filter: ClipFilter): ClipQuery {
  const query: ClipQuery = {};
  if (filter.text !== '') query.text = filter.text;
  if (filter.state) query.state = filter.state;
  if (filter.kind) query.kind = filter.kind;
  if (filter.recorderId) query.recorderId = filter.recorderId;
  if (filter.dockingId) query.dockingId = filter.dockingId;
  if (filter.marked) query.marked = true;
  if (filter.quarantined) query.quarantined = true;
  if (filter.fromDay) query.collectedFrom = new Date(`${filter.fromDay}T00:00:00.000`).toISOString();
  if (filter.toDay) query.collectedTo = new Date(`${filter.toDay}T23:59:59.999`).toISOString();
  return query;
}

export function activeFilterCount(filter: ClipFilter): number {
  const keys = Object.keys(addressFromFilter(filter));
  // A range is one condition for a person, though it has two ends.
  return keys.includes('from') && keys.includes('to') ? keys.length - 1 : keys.length;
}
