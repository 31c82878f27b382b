import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CaseWork } from '../case-work.ts';
import { sealExample } from '../testing/example-clips.ts';
import { unitRecord } from '../testing/example-facts.ts';
import { openIndexWithDocking } from '../testing/index-rows.ts';
import { beijing, instant, judgeWorked, type WorkedCase } from '../testing/worked-cases/worked-case.ts';
import { workedCases } from '../testing/worked-cases/worked-cases.ts';
import { readCaseCoverage } from './coverage-queries.ts';
import type { Judgement } from './judgement.ts';

const signal = new AbortController().signal;

/** What happened when is told by the clock of the dock: sealing, approving, judging. */
const itIs = (time: string) => vi.setSystemTime(beijing(time));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes a worked case through all parts: list published, facts told, clips sealed and linked, exceptions signed for. */
async function live(worked: WorkedCase): Promise<Judgement> {
  const { list, ofCase, activity, officers, clips, exceptions } = worked;
  itIs('2026-01-02 08:00:00');
  const index = await openIndexWithDocking();
  const work = new CaseWork({
    ...index,
    onReckonError: (error) => {
      throw error;
    },
  });
  const { name, content } = list;
  await work.dutyLists.publish(
    list.departmentId,
    { name, content, inForceFrom: '2026-01-01', reason: 'test' },
    '张三',
  );
  await index.database.write(async (transaction) => {
    for (const recorder of new Set(clips.map((clip) => clip.recorder))) {
      await transaction.run(
        `INSERT INTO recorder (recorder_id, serial_number, driver, identity_source, first_seen_at, last_seen_at)
         VALUES (?, ?, 'volume', 'device', ?, ?)`,
        [recorder, recorder, instant('2026-01-02 08:00:00'), instant('2026-01-02 08:00:00')],
      );
    }
  });
  const records = [
    unitRecord({ departmentId: list.departmentId }),
    ...officers.map((facts) => ({ kind: 'officer' as const, facts, isWithdrawn: false })),
    { kind: 'case' as const, facts: ofCase, isWithdrawn: false },
    { kind: 'activity' as const, facts: activity, isWithdrawn: false },
  ];
  await work.book.receive(
    'oa',
    records.map((record) => ({ record, revision: null })),
    'test',
  );
  for (const [place, clip] of clips.entries()) {
    itIs(clip.sealedAt);
    const clipId = await index.addClip({
      name: `${place}.mp4`,
      pathBytes: Buffer.from(`${place}.mp4`),
      startedAt: { text: clip.from.replace(' ', 'T'), source: 'name', assumedZone: null },
    });
    await sealExample(index.database, index.custody, clipId, {
      startMs: beijing(clip.from),
      durationMs: clip.lengthSeconds * 1000,
      halfWidthMs: clip.doubtSeconds * 1000,
      ...(clip.doubts === undefined ? {} : { doubts: clip.doubts }),
    });
    const { activityId, caseId } = activity;
    await index.database.write((transaction) =>
      transaction.run('UPDATE clip SET recorder_id = ? WHERE clip_id = ?', [clip.recorder, clipId]),
    );
    await work.reckoner.settle(signal);
    await work.mapping.link([clipId], [{ caseId, activityId, step: null }], {
      operator: '李四',
      reason: '示例',
    });
  }
  for (const { claim, requestedBy, approvedBy, approvedAt } of exceptions) {
    itIs(approvedAt);
    const { from = null, to = null, ...rest } = claim;
    const asked = await work.exceptions.request(
      {
        ...rest,
        activityId: activity.activityId,
        caseId: null,
        recorderId: claim.kind === 'recorder-lost' ? index.context.recorderId : null,
        from: from === null ? null : instant(from),
        to: to === null ? null : instant(to),
      },
      requestedBy,
    );
    await work.exceptions.decide(asked.exceptionId, 'approved', { person: approvedBy, reason: '属实' });
  }
  itIs(worked.judgedAt);
  await work.reckoner.settle(signal);
  const coverage = await readCaseCoverage(index.database, ofCase.caseId);
  const judgement = coverage?.steps[0]?.activities[0]?.judgement;
  if (judgement === undefined || judgement === null) throw new Error('not judged');
  return judgement;
}

/** What a judgement says, without the names that a run gives to clips and exceptions. */
function told({ clips, gaps, duty, exemption, exceptions, people, ...rest }: Judgement) {
  return {
    ...rest,
    item: duty?.itemNumber ?? null,
    exempt: exemption?.code ?? null,
    signed: exceptions.map(({ kind, approvedBy, approvedAt }) => ({ kind, approvedBy, approvedAt })),
    people: people.filter(({ code }) => code !== 'recorded-by-another'),
    clips: clips.map(({ clipId: _id, officerId: _worn, ...clip }) => clip),
    gaps: gaps.map(({ explanation, ...gap }) => ({ ...gap, reason: explanation?.reasonCode ?? null })),
  };
}

describe.each([...new Set(workedCases.map(({ list }) => list.departmentName))])('%s', (departmentName) => {
  const own = workedCases.filter(({ list }) => list.departmentName === departmentName);
  test.each(own.map((worked) => [worked.name, worked.expected, worked] as const))(
    '%s: %s',
    async (_name, expected, worked) => {
      const judgement = await live(worked);
      expect(judgement.state).toBe(expected);
      // The document shows what the rules say by themselves; all parts together say the same.
      expect(told(judgement)).toEqual(told(judgeWorked(worked)));
    },
  );
});
