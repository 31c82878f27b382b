import type { Slot } from '@docket/gateway/contract';
import { describe, expect, test } from 'vitest';
import { slotNamed } from './slot-fixture.ts';
import { presentSlot } from './slot-presentation.ts';

const states: Slot['state'][] = [
  'empty',
  'attached',
  'identifying',
  'listing',
  'copying',
  'verifying',
  'safe',
  'releasing',
  'attention',
  'failed',
];

describe('what a tile says', () => {
  test('green needs the state, the permission and a live connection', () => {
    const green = states.flatMap((state) =>
      [true, false].flatMap((safeToUndock) =>
        [true, false]
          .filter((live) => presentSlot(slotNamed('1-1', { state, safeToUndock }), live).tone === 'safe')
          .map((live) => ({ state, safeToUndock, live })),
      ),
    );
    expect(green).toEqual([{ state: 'safe', safeToUndock: true, live: true }]);
  });

  test.each(states)('without a connection %s is unknown', (state) => {
    const shown = presentSlot(slotNamed('1-1', { state, safeToUndock: true }), false);
    expect(shown).toMatchObject({ headline: 'unknown', tone: 'unknown', undock: 'unknown' });
  });

  test('a state that this page does not know is unknown, not a crash and not green', () => {
    const slot = { ...slotNamed('1-1', { safeToUndock: true }), state: 'charging' } as unknown as Slot;
    expect(presentSlot(slot, true)).toMatchObject({ headline: 'unknown', undock: 'unknown' });
  });

  test('a person is told what may be done with the recorder', () => {
    const advice = (parts: Partial<Slot>) =>
      presentSlot(slotNamed('1-1', { dockingId: 'docking-1', ...parts }), true).undock;
    expect(advice({ state: 'copying' })).toBe('wait');
    expect(advice({ state: 'attention', safeToUndock: true })).toBe('yes');
    expect(advice({ state: 'attention' })).toBe('unconfirmed');
    expect(advice({ state: 'failed' })).toBe('unconfirmed');
    expect(advice({ state: 'failed', issue: { code: 'recorder-gone', detail: '' } })).toBe('none');
    expect(advice({ state: 'attention', dockingId: null })).toBe('none');
    expect(advice({ state: 'empty' })).toBe('none');
  });
});
