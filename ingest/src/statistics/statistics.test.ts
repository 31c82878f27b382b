import { describe, expect, test } from 'vitest';
import { activityFacts, bounded, openCaseBench } from '../mapping/testing/case-bench.ts';
import type { Grouping } from './groupings.ts';
import type { MeasureName } from './measures.ts';
import { askStatistics, type StatisticsFilter } from './statistics-queries.ts';

const wholeYear = { from: '2026-01-01', to: '2026-12-31' };

async function openStatistics() {
  const bench = await openCaseBench();
  const ask = (
    measure: MeasureName,
    by: Grouping[] = [],
    more: { filter?: StatisticsFilter; from?: string; to?: string } = {},
  ) => askStatistics(bench.database, { ...wholeYear, filter: {}, measure, by, ...more });
  /** Groups by their keys, as `key/key: numerator of denominator`. */
  const groups = async (...question: Parameters<typeof ask>) =>
    (await ask(...question)).groups.map(
      ({ keys, numerator, denominator }) =>
        `${keys.map(({ key }) => key ?? 'none').join('/')}: ${numerator}${denominator === null ? '' : ` of ${denominator}`}`,
    );
  return { ...bench, ask, groups };
}

describe('clips', () => {
  test('are counted once each, by what they are linked to, and follow when that changes', async () => {
    const { addActivity, addClip, settle, ask, groups } = await openStatistics();
    await addActivity(activityFacts('A', '09:00', '10:00'));
    await addClip(bounded('09:10', '09:20'));
    await addClip(bounded('13:00', '13:10'));
    await settle();
    expect((await ask('clips')).total).toMatchObject({ numerator: 2, parts: { linked: 1 } });
    expect(await groups('clips', ['category'])).toEqual(['none: 1', 'inspection: 1']);
    expect(await groups('unmapped-clips', ['month'])).toEqual(['2026-08: 1 of 2']);
    await addActivity(activityFacts('B', '12:30', '13:30', { step: 'service' }));
    await settle();
    expect(await groups('clips', ['step'])).toEqual(['investigation: 1', 'service: 1']);
    expect((await ask('unmapped-clips')).total).toMatchObject({ numerator: 0, denominator: 2, value: 0 });
  });

  test('what a person says of a clip is counted', async () => {
    const { caseWork, addActivity, addClip, settle, ask } = await openStatistics();
    await addActivity(activityFacts('A', '09:00', '10:00'));
    const clipId = await addClip(bounded('13:00', '13:10'));
    await settle();
    expect((await ask('unmapped-clips')).total.parts).toMatchObject({ queued: 1 });
    await caseWork.mapping.link([clipId], [{ activityId: 'A' }], { operator: '李四', reason: 'seen' });
    await settle();
    expect((await ask('unmapped-clips')).total.parts).toMatchObject({ queued: 0 });
    expect((await ask('clips', [], { filter: { step: 'investigation' } })).total.numerator).toBe(1);
  });

  test('one that shows two steps counts under several, and once in the whole', async () => {
    const { caseWork, addActivity, addClip, settle, ask, groups } = await openStatistics();
    await addActivity(activityFacts('A', '09:00', '10:00'));
    await addActivity(activityFacts('B', '10:00', '11:00', { step: 'evidence' }));
    const clipId = await addClip(bounded('09:50', '10:10'));
    await caseWork.mapping.link([clipId], [{ activityId: 'A' }, { activityId: 'B' }], {
      operator: '李四',
      reason: 'both are seen',
    });
    await settle();
    expect(await groups('clips', ['step'])).toEqual(['several: 1']);
    expect((await ask('clips')).total.numerator).toBe(1);
  });

  test('count on the day they were recorded, by the zone of the dock', async () => {
    const { addClip, settle, groups } = await openStatistics();
    await addClip(bounded('15:30', '15:40'));
    await addClip(bounded('16:30', '16:40'));
    await settle();
    expect(await groups('clips', ['day'])).toEqual(['2026-08-04: 1', '2026-08-05: 1']);
    expect(await groups('clips', ['week'])).toEqual(['2026-08-03: 2']);
    expect(await groups('clips', ['day'], { from: '2026-08-05' })).toEqual(['2026-08-05: 1']);
  });
});

describe('questions', () => {
  test('a measure that knows no category cannot be asked by it', async () => {
    const { ask } = await openStatistics();
    await expect(ask('clock-faults', ['category'])).rejects.toMatchObject({
      code: 'STATISTICS_UNANSWERABLE',
    });
    await expect(ask('clock-faults', [], { filter: { step: 'service' } })).rejects.toMatchObject({
      code: 'STATISTICS_UNANSWERABLE',
    });
  });

  test('of nothing no share is told', async () => {
    const { ask } = await openStatistics();
    expect((await ask('coverage')).total).toMatchObject({ numerator: 0, denominator: 0, value: null });
    expect((await ask('recorded-time')).total).toMatchObject({ numerator: 0, denominator: null, value: 0 });
  });
});
