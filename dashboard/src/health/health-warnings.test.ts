import type { Health } from '@docket/gateway/contract';
import { describe, expect, test } from 'vitest';
import { healthWarnings } from './health-warnings.ts';

const well: Health = {
  state: 'ok',
  version: '0.1.0',
  startedAt: '2026-11-20T00:00:00.000Z',
  now: '2026-11-22T08:00:00.000Z',
  store: { freeBytes: 1.3e12, totalBytes: 2e12, clips: 10, quarantined: 0 },
  archive: {
    target: 'store',
    waitingClips: 0,
    waitingBytes: 0,
    lastReceiptAt: '2026-11-22T07:59:00.000Z',
    lastError: null,
    targets: [],
    failedFeeds: [],
  },
  deadlines: { dueSoon: 0, missedLately: 0 },
  releasePolicy: 'after-receipt',
  components: [{ name: 'index', state: 'ok', detail: null }],
};
const keys = (health: Health) => healthWarnings(health).map((warning) => warning.key);
const store = (freeBytes: number, totalBytes: number) => ({
  ...well,
  store: { ...well.store, freeBytes, totalBytes },
});

describe('warnings before it breaks', () => {
  test('a dock that is well says nothing', () => {
    expect(keys(well)).toEqual([]);
  });

  test('space: low, then almost gone; a large disk is not low by its share alone', () => {
    expect(keys(store(120e9, 1e12))).toEqual(['storeLow']);
    expect(keys(store(30e9, 1e12))).toEqual(['storeFull']);
    expect(keys(store(2e12, 20e12))).toEqual([]);
  });

  test('clips that wait a day without a receipt', () => {
    const waiting = { ...well.archive, waitingClips: 3, lastReceiptAt: '2026-11-21T07:00:00.000Z' };
    expect(keys({ ...well, archive: waiting })).toEqual(['archiveSilent']);
    expect(keys({ ...well, archive: { ...waiting, lastReceiptAt: null } })).toEqual(['archiveSilent']);
    expect(keys({ ...well, archive: { ...waiting, waitingClips: 0 } })).toEqual([]);
  });

  test('live alarms stand below in words of their own: the words of the log are not repeated', () => {
    const components: Health['components'] = [
      { name: 'live', state: 'degraded', detail: 'not-recording sn:A' },
    ];
    expect(healthWarnings({ ...well, components })).toEqual([{ key: 'liveAlarm', level: 'attention' }]);
  });

  test('each archive target by what is wrong with it, in place of what the log says', () => {
    const target = { name: 'main', since: null, deadClips: 0, predictedMisses: 0, isProbeFailed: false };
    const targets: Health['archive']['targets'] = [
      { ...target, state: 'full' },
      { ...target, name: 'far', state: 'waiting', deadClips: 2, predictedMisses: 5, isProbeFailed: true },
    ];
    const archive = { ...well.archive, lastError: 'no space', targets, failedFeeds: ['nats'] };
    const components: Health['components'] = [{ name: 'archive', state: 'failed', detail: 'main: full' }];
    expect(healthWarnings({ ...well, archive, components })).toEqual([
      { key: 'archiveTarget', level: 'failed', name: 'main', what: 'full' },
      { key: 'archiveTarget', level: 'attention', name: 'far', what: 'probe' },
      { key: 'archiveClips', level: 'attention', name: 'far', what: 'dead', clips: 2 },
      { key: 'archiveClips', level: 'attention', name: 'far', what: 'misses', clips: 5 },
      { key: 'archiveTarget', level: 'attention', name: 'nats', what: 'feed' },
    ]);
  });

  test('a component whose trouble is told already is not told again', () => {
    const components: Health['components'] = [{ name: 'store', state: 'degraded', detail: '1 of 100' }];
    expect(keys({ ...store(120e9, 1e12), components })).toEqual(['storeLow']);
    expect(keys({ ...well, components })).toEqual(['component']);
  });

  test('deadlines that were missed or end within a day', () => {
    const pressing = (dueSoon: number, missedLately: number) => ({
      ...well,
      deadlines: { dueSoon, missedLately },
    });
    expect(healthWarnings(pressing(2, 1))).toEqual([
      { key: 'deadlines', level: 'attention', dueSoon: 2, missed: 1 },
    ]);
    expect(keys(pressing(1, 0))).toEqual(['deadlines']);
    expect(keys(pressing(0, 1))).toEqual(['deadlines']);
  });

  test('the worst comes first', () => {
    const health: Health = {
      ...well,
      archive: { ...well.archive, lastError: 'timed out' },
      deadlines: { dueSoon: 0, missedLately: 3 },
      components: [
        { name: 'clock', state: 'degraded', detail: null },
        { name: 'index', state: 'failed', detail: 'disk I/O error' },
      ],
    };
    expect(healthWarnings(health).map((warning) => warning.level)).toEqual([
      'failed',
      'attention',
      'attention',
      'attention',
    ]);
  });
});
