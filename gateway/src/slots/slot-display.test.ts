import type { DockingStatus } from '@docket/ingest';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Slot } from '../contract/index.ts';
import { SlotBoard } from './slot-board.ts';
import { type LabelSource, SlotDisplay } from './slot-display.ts';

let board: SlotBoard;
let display: SlotDisplay;
let shown: Slot[];
let labels: Map<string, string>;

function labelsFrom(map: ReadonlyMap<string, string>): LabelSource {
  return { labelOf: (slot) => map.get(slot) ?? null, slots: () => [...map.keys()] };
}

beforeEach(() => {
  vi.useFakeTimers();
  board = new SlotBoard();
  labels = new Map([['1-1.4', 'A1']]);
  display = new SlotDisplay(board, labelsFrom(labels));
  shown = [];
  board.onChange((slot) => shown.push(slot));
});
afterEach(() => {
  display.stop();
  vi.useRealTimers();
});

const progress: DockingStatus['progress'] = {
  clipsTotal: 3,
  clipsKnown: 0,
  clipsDone: 1,
  clipsQuarantined: 0,
  clipsReleased: 0,
  bytesTotal: 300,
  bytesDone: 100,
  bytesPerSecond: 10,
  secondsLeft: 20,
  currentClipName: 'a.mp4',
};

function status(change: Partial<DockingStatus> = {}): DockingStatus {
  return {
    slot: '1-1.4',
    dockingId: 'docking-1',
    phase: 'copying',
    safeToUndock: false,
    recorder: null,
    capabilities: [],
    concerns: [],
    clock: { state: 'unreadable', reason: 'not-supported' },
    clockVerdict: { state: 'unknown', reasons: [] },
    progress,
    issue: null,
    ...change,
  };
}

test('a labelled slot is there, empty, before any recorder comes', () => {
  expect(board.list()).toMatchObject([{ slot: '1-1.4', label: 'A1', state: 'empty', safeToUndock: false }]);
});

test('a change of state is shown at once; progress alone four times a second, and the last of it in any case', () => {
  display.status(status());
  for (let bytesDone = 101; bytesDone <= 200; bytesDone += 1) {
    display.status(status({ progress: { ...progress, bytesDone } }));
  }
  expect(shown).toHaveLength(1);
  vi.advanceTimersByTime(250);
  expect(shown.map((slot) => slot.progress?.bytesDone)).toEqual([100, 200]);
  display.status(status({ phase: 'safe', safeToUndock: true }));
  expect(shown.at(-1)).toMatchObject({ state: 'safe', safeToUndock: true });
  vi.advanceTimersByTime(1000);
  expect(shown.at(-1)?.state).toBe('safe');
});

test('a recorder that leaves safely leaves an empty slot', () => {
  display.status(status({ phase: 'safe', safeToUndock: true }));
  display.detached('1-1.4');
  expect(board.read('1-1.4')).toMatchObject({ state: 'empty', recorder: null, issue: null });
});

test('a recorder that leaves too early is remembered by its slot until the next one comes', () => {
  display.status(status());
  display.detached('1-1.4');
  expect(board.read('1-1.4')).toMatchObject({
    state: 'attention',
    safeToUndock: false,
    issue: { code: 'recorder-gone' },
  });
  display.status(status({ dockingId: 'docking-2', phase: 'attached' }));
  expect(board.read('1-1.4')).toMatchObject({ state: 'attached', issue: null });
});

test('slots are listed in the order a person counts ports', () => {
  for (const slot of ['1-1.10', '1-1.2', '1-1.1']) display.status(status({ slot }));
  expect(board.list().map(({ slot }) => slot)).toEqual(['1-1.1', '1-1.2', '1-1.4', '1-1.10']);
});

test('a device that is not docked shows what it is, offers nothing, and leaves nothing behind', () => {
  display.refused({
    type: 'refused',
    portPath: '1-1.4',
    instance: 'usb:1-1.4:5',
    reason: 'unknown-model',
    device: {
      portPath: '1-1.4',
      busNumber: 1,
      deviceAddress: 5,
      vendorId: 0x0bda,
      productId: 0x0129,
      release: 0,
      class: 0xff,
      manufacturer: 'Generic',
      product: 'Reader',
      serialNumber: null,
      interfaces: [],
    },
  });
  expect(board.read('1-1.4')).toMatchObject({
    label: 'A1',
    state: 'attention',
    safeToUndock: false,
    dockingId: null,
    recorder: null,
    issue: { code: 'unknown-device', detail: '0bda:0129 Generic Reader' },
  });
  display.detached('1-1.4');
  expect(board.read('1-1.4')).toMatchObject({ state: 'empty', issue: null });
});

test('a label that moved to another port path takes its empty slot along; what is docked stays shown', () => {
  labels.set('1-1.3', 'A0');
  display.relabel();
  display.status(status());
  const removed: string[] = [];
  board.onRemoved((slot) => removed.push(slot));
  labels.clear();
  labels.set('2-1.3', 'A0').set('2-1.4', 'A1');
  display.relabel();
  expect(removed).toEqual(['1-1.3']);
  expect(board.list().map(({ slot, label, state }) => [slot, label, state])).toEqual([
    ['1-1.4', null, 'copying'],
    ['2-1.3', 'A0', 'empty'],
    ['2-1.4', 'A1', 'empty'],
  ]);
});

test('a bus that was numbered anew shows at the next recorder', () => {
  labels.clear();
  labels.set('2-1.4', 'A1');
  display.status(status({ slot: '2-1.4' }));
  expect(board.list().map(({ slot, label }) => [slot, label])).toEqual([['2-1.4', 'A1']]);
});
