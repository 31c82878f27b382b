import { expect, test } from 'vitest';
import { addressOf, emptyRecorderFilter, recorderFilterOf, recorderQueryOf } from './recorder-filter.ts';

const narrow = {
  text: '张三',
  state: 'lost',
  batteryLow: true,
  clockFault: true,
  concern: true,
  notSeenForDays: 30,
} as const;

test('a filter survives in the address of the page', () => {
  expect(recorderFilterOf(addressOf(narrow))).toEqual(narrow);
  expect(addressOf(emptyRecorderFilter)).toEqual({});
});

test('an address that says nonsense narrows nothing', () => {
  expect(recorderFilterOf({ state: 'stolen', absent: '31', battery: ['low'], clock: null })).toEqual(
    emptyRecorderFilter,
  );
});

test('the gateway is asked only for what is wanted', () => {
  expect(recorderQueryOf(emptyRecorderFilter)).toEqual({});
  expect(recorderQueryOf(narrow)).toMatchObject({ state: 'lost', batteryBelow: 20, notSeenForDays: 30 });
});
