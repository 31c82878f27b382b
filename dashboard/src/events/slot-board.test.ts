import { describe, expect, test } from 'vitest';
import { slotNamed } from '../slots/slot-fixture.ts';
import { sortSlots, summarise, withSlot } from './slot-board.ts';

describe('slot board', () => {
  test('labels are ordered as a person counts, unlabelled slots last', () => {
    const slots = ['10', null, '2', '1'].map((label, index) => slotNamed(`1-${index}`, { label }));
    expect(sortSlots(slots).map((slot) => slot.label)).toEqual(['1', '2', '10', null]);
  });

  test('a changed slot takes its own place and leaves the others untouched', () => {
    const board = sortSlots([slotNamed('1-1', { label: '1' }), slotNamed('1-2', { label: '2' })]);
    const next = withSlot(board, slotNamed('1-1', { label: '1', state: 'copying' }));
    expect(next.map((slot) => slot.state)).toEqual(['copying', 'empty']);
    expect(next[1]).toBe(board[1]);
    expect(board[0]?.state).toBe('empty');
  });

  test('a slot not seen before is added in order', () => {
    const board = [slotNamed('1-1', { label: '1' }), slotNamed('1-3', { label: '3' })];
    expect(withSlot(board, slotNamed('1-2', { label: '2' })).map((slot) => slot.label)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  test('only what may be undocked now is counted as safe', () => {
    const summary = summarise([
      slotNamed('1-1', { state: 'safe', safeToUndock: true }),
      slotNamed('1-2', { state: 'safe', safeToUndock: false }),
      slotNamed('1-3', { state: 'attention', safeToUndock: true }),
      slotNamed('1-4', { state: 'failed' }),
      slotNamed('1-5'),
    ]);
    expect(summary).toEqual({ slots: 5, empty: 1, working: 1, safe: 1, attention: 1, failed: 1 });
  });
});
