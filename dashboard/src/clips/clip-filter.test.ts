import { describe, expect, test } from 'vitest';
import {
  activeFilterCount,
  addressFromFilter,
  type ClipFilter,
  emptyFilter,
  filterFromAddress,
  queryFromFilter,
} from './clip-filter.ts';

const full: ClipFilter = {
  text: 'IMP 现场',
  state: 'sealed',
  kind: 'video',
  recorderId: 'rec-1',
  dockingId: 'dock-1',
  marked: true,
  quarantined: true,
  fromDay: '2026-11-01',
  toDay: '2026-11-22',
};

describe('clip filter', () => {
  test('goes to the address and back', () => {
    expect(filterFromAddress(addressFromFilter(full))).toEqual(full);
    expect(addressFromFilter(emptyFilter)).toEqual({});
    expect(filterFromAddress({})).toEqual(emptyFilter);
  });

  test('whatever a stranger typed into the address is dropped', () => {
    const filter = filterFromAddress({
      state: 'destroyed',
      kind: ['video', 'audio'],
      marked: 'true',
      from: '2026-13-45',
      to: 'yesterday',
      text: 'x'.repeat(500),
      unheardOf: '1',
    });
    expect(filter).toEqual({ ...emptyFilter, kind: 'video', text: 'x'.repeat(200) });
  });

  test('days become instants that include the last day whole', () => {
    const query = queryFromFilter({ ...emptyFilter, fromDay: '2026-11-01', toDay: '2026-11-01' });
    const span = Date.parse(query.collectedTo ?? '') - Date.parse(query.collectedFrom ?? '');
    expect(span).toBe(86_400_000 - 1);
    expect(new Date(query.collectedFrom ?? '').getHours()).toBe(0);
  });

  test('what is not asked for is not sent', () => {
    expect(queryFromFilter(emptyFilter)).toEqual({});
  });

  test('a range of days is one condition', () => {
    expect(activeFilterCount(full)).toBe(8);
    expect(activeFilterCount({ ...emptyFilter, toDay: '2026-11-22' })).toBe(1);
  });
});
