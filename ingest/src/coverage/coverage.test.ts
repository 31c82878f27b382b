import { beforeEach, describe, expect, test } from 'vitest';
import { CaseWork } from '../case-work.ts';
import type { ActivityFacts, CaseFactsRecord } from '../cases/case-record.ts';
import { sealExample } from '../testing/example-clips.ts';
import {
  activityRecord,
  caseRecord,
  exampleActivity,
  officerRecord,
  unitRecord,
} from '../testing/example-facts.ts';
import { openIndexWithDocking } from '../testing/index-rows.ts';
import { listJudged, readCaseCoverage, readJudgementHistory } from './coverage-queries.ts';
import type { ExceptionClaim } from './exception-record.ts';
import type { Judgement } from './judgement.ts';

const { activityId, caseId } = exampleActivity;
const startMs = Date.parse(exampleActivity.startedAt ?? '');
const minuteMs = 60_000;
const signal = new AbortController().signal;

let index: Awaited<ReturnType<typeof openIndexWithDocking>>;
let work: CaseWork;
let nowMs: number;

beforeEach(async () => {
  index = await openIndexWithDocking();
  nowMs = startMs + 3 * 60 * minuteMs;
  work = new CaseWork({
    ...index,
    onReckonError: (error) => {
      throw error;
    },
    now: () => nowMs,
  });
  await tell(
    unitRecord({ departmentId: 'changzhi-swj' }),
    officerRecord(),
    caseRecord({ departmentId: 'changzhi-swj' }),
  );
  await work.dutyLists.adoptPreset('changzhi-swj', { inForceFrom: '2026-01-01', reason: 'test' }, '张三');
});

const tell = (...records: CaseFactsRecord[]) =>
  work.book.receive(
    'oa',
    records.map((record) => ({ record, revision: null })),
    'test',
  );
const tellActivity = async (facts: Partial<ActivityFacts> = {}) => {
  await tell(activityRecord(facts));
  await work.reckoner.settle(signal);
};
/** A clip from this minute of the activity on, sealed today: long after the activity. */
const record = async (fromMinute: number, minutes: number, change: { halfWidthMs?: number } = {}) => {
  const clipStartMs = startMs + fromMinute * minuteMs;
  const text = new Date(clipStartMs + 8 * 60 * minuteMs).toISOString().slice(0, 19);
  const clipId = await index.addClip({
    name: `clip-${fromMinute}.mp4`,
    pathBytes: Buffer.from(`clip-${fromMinute}.mp4`),
    startedAt: { text, source: 'name', assumedZone: null },
  });
  await sealExample(index.database, index.custody, clipId, {
    startMs: clipStartMs,
    durationMs: minutes * minuteMs,
    halfWidthMs: change.halfWidthMs ?? 2_000,
  });
  await work.mapping.link([clipId], [{ caseId, activityId, step: null }], {
    operator: '李四',
    reason: 'test',
  });
  await work.reckoner.settle(signal);
  return clipId;
};
const standing = async (): Promise<Judgement> => {
  const coverage = await readCaseCoverage(index.database, caseId);
  const judgement = coverage?.steps[0]?.activities[0]?.judgement;
  if (judgement === undefined || judgement === null) throw new Error('not judged');
  return judgement;
};
const history = () => readJudgementHistory(index.database, activityId, { before: null, limit: 100 });
const judgedEntries = () =>
  index.database.read(`SELECT entry FROM custody_entry WHERE action = 'judged' ORDER BY sequence`);

describe('an activity', () => {
  test('is judged as soon as it is told, by the list in force on its day', async () => {
    await tellActivity();
    const { state, duty, level, isDue, uploadDueAt } = await standing();
    expect(state).toBe('missing');
    expect(level).toBe('required');
    expect(duty).toMatchObject({ departmentId: 'changzhi-swj', version: 1 });
    expect(uploadDueAt).toBe('2026-03-03T02:00:00.000Z');
    expect(isDue).toBe(false);
  });

  test('is judged anew by each clip that is linked, and every word stays, in the custody log too', async () => {
    await tellActivity({ isWholeProcess: true });
    await record(-1, 31);
    await record(30, 31);
    expect((await history()).judgements.map(({ judgement }) => judgement?.state)).toEqual([
      'late',
      'partial',
      'missing',
    ]);
    expect((await standing()).clips.map(({ run }) => run)).toEqual([0, 0]);
    const states = (await judgedEntries()).map((row) => JSON.parse(String(row.entry)).details.state);
    expect(states).toEqual(['missing', 'partial', 'late']);
  });

  test('says nothing new when nothing new is known', async () => {
    await tellActivity();
    await record(0, 20);
    const before = await history();
    await work.coverage.judge([activityId]);
    expect(await history()).toEqual(before);
    expect(await judgedEntries()).toHaveLength(before.judgements.length);
  });

  test('that is withdrawn is judged no more, and its history says so', async () => {
    await tellActivity();
    await tell({ ...activityRecord(), isWithdrawn: true });
    await work.reckoner.settle(signal);
    expect((await history()).judgements.map(({ judgement }) => judgement?.state ?? null)).toEqual([
      null,
      'missing',
    ]);
    expect(await readCaseCoverage(index.database, caseId)).toMatchObject({
      rollUp: { activities: 0, state: null },
    });
  });

  test('is overdue once the time to hand in has passed; that is no new word, but its case is told', async () => {
    await tellActivity();
    nowMs = Date.parse('2026-03-03T02:00:00.001Z');
    await work.coverage.markPassed();
    expect(await index.database.read('SELECT kind, id FROM reckoning_due')).toEqual([
      { kind: 'activity', id: activityId },
    ]);
    await work.reckoner.settle(signal);
    expect((await standing()).isDue).toBe(true);
    expect((await history()).judgements).toHaveLength(1);
    expect(await readCaseCoverage(index.database, caseId)).toMatchObject({ rollUp: { overdue: 1 } });
    await work.coverage.markPassed();
    expect(await index.database.read('SELECT id FROM reckoning_due')).toEqual([]);
  });

  test('is judged by a new version of the list as soon as that is published', async () => {
    await tellActivity();
    const list = await work.dutyLists.inForce('changzhi-swj', '2026-03-02');
    const content = list?.content;
    if (content === undefined) throw new Error('no list');
    await work.dutyLists.publish(
      'changzhi-swj',
      {
        name: 'strict',
        inForceFrom: '2026-02-01',
        reason: 'test',
        content: {
          ...content,
          items: content.items.map((item) => ({ ...item, level: 'whole-process' as const })),
        },
      },
      '张三',
    );
    await work.reckoner.settle(signal);
    expect(await standing()).toMatchObject({ level: 'whole-process', duty: { version: 2 } });
  });

  test('of a department without a list is told to be so', async () => {
    await tell(caseRecord({ departmentId: 'elsewhere' }));
    await tellActivity();
    expect(await standing()).toMatchObject({ state: 'unverifiable', unproven: ['no-duty-list'], duty: null });
  });

  test('is not answered by a clip whose bytes are in doubt', async () => {
    await tellActivity();
    const clipId = await record(0, 20);
    expect((await standing()).state).toBe('late');
    await index.database.write((transaction) =>
      transaction.run("UPDATE clip SET quarantine_reason = 'device-hash-differs' WHERE clip_id = ?", [
        clipId,
      ]),
    );
    await work.coverage.judge([activityId]);
    expect(await standing()).toMatchObject({ state: 'unverifiable', unproven: ['hash-differs'] });
  });
});

describe('the list of activities', () => {
  test('goes by state, unit and day, page after page', async () => {
    for (const number of [1, 2, 3]) {
      await tell(
        activityRecord({
          activityId: `oa/activity-${number}`,
          startedAt: `2026-03-0${number}T01:00:00.000Z`,
          endedAt: `2026-03-0${number}T02:00:00.000Z`,
        }),
      );
    }
    await work.reckoner.settle(signal);
    const first = await listJudged(index.database, { state: 'missing' }, { after: null, limit: 2 });
    expect(first.activities.map((line) => line.activityId)).toEqual(['oa/activity-3', 'oa/activity-2']);
    const rest = await listJudged(index.database, { state: 'missing' }, { after: first.next, limit: 2 });
    expect(rest).toMatchObject({ activities: [{ activityId: 'oa/activity-1' }], next: null });
    const page = { after: null, limit: 10 };
    const only = { fromMs: Date.parse('2026-03-02T00:00:00Z'), toMs: Date.parse('2026-03-03T00:00:00Z') };
    expect((await listJudged(index.database, only, page)).activities).toHaveLength(1);
    expect((await listJudged(index.database, { unitId: 'oa/unit-9' }, page)).activities).toEqual([]);
    expect((await listJudged(index.database, { state: 'met' }, page)).activities).toEqual([]);
  });
});

describe('exceptions', () => {
  const claim = (change: Partial<ExceptionClaim> = {}): ExceptionClaim => ({
    kind: 'gap-reason',
    activityId,
    caseId: null,
    recorderId: null,
    from: null,
    to: null,
    reasonCode: 'battery',
    reason: '电池耗尽',
    paperRecord: null,
    ...change,
  });
  const approve = { person: '李四', reason: '属实' };

  test('explain a gap once another person has approved, and no longer once that is withdrawn', async () => {
    await tellActivity({ isWholeProcess: true });
    await record(-1, 21);
    await record(30, 31);
    const { exceptionId, standing: asked } = await work.exceptions.request(claim(), '张三');
    expect(asked).toBe('requested');
    await work.reckoner.settle(signal);
    expect(await standing()).toMatchObject({ state: 'partial', isExplained: false });
    await work.exceptions.decide(exceptionId, 'approved', approve);
    await work.reckoner.settle(signal);
    expect(await standing()).toMatchObject({
      state: 'partial',
      isExplained: true,
      gaps: [{ kind: 'sure', explanation: { exceptionId, reasonCode: 'battery', approvedBy: '李四' } }],
    });
    await work.exceptions.decide(exceptionId, 'withdrawn', approve);
    await work.reckoner.settle(signal);
    expect(await standing()).toMatchObject({ isExplained: false, exceptions: [] });
  });

  test('explain only the stretch they name', async () => {
    await tellActivity({ isWholeProcess: true });
    await record(-1, 21);
    await record(30, 31);
    const at = (minute: number) => new Date(startMs + minute * minuteMs).toISOString();
    const elsewhere = await work.exceptions.request(claim({ from: at(22), to: at(30) }), '张三');
    await work.exceptions.decide(elsewhere.exceptionId, 'approved', approve);
    await work.reckoner.settle(signal);
    expect((await standing()).isExplained).toBe(false);
    const there = await work.exceptions.request(claim({ from: at(20), to: at(30) }), '张三');
    await work.exceptions.decide(there.exceptionId, 'approved', approve);
    await work.reckoner.settle(signal);
    expect((await standing()).isExplained).toBe(true);
  });

  test('exempt an activity, or all of a case', async () => {
    await tellActivity();
    const exemption = claim({ kind: 'exemption', activityId: null, caseId, reasonCode: 'state-secret' });
    const { exceptionId } = await work.exceptions.request(exemption, '张三');
    await work.exceptions.decide(exceptionId, 'approved', approve);
    await work.reckoner.settle(signal);
    expect(await standing()).toMatchObject({
      state: 'exempt',
      exemption: { exceptionId, code: 'state-secret', approvedBy: '李四' },
    });
  });

  test('a lost recorder explains that footage is missing, and does not make it anything else', async () => {
    await tellActivity();
    const lost = claim({
      kind: 'recorder-lost',
      recorderId: index.context.recorderId,
      reasonCode: null,
      paperRecord: '设备遗失报告 第3号',
    });
    const { exceptionId } = await work.exceptions.request(lost, '张三');
    await work.exceptions.decide(exceptionId, 'approved', approve);
    await work.reckoner.settle(signal);
    expect(await standing()).toMatchObject({ state: 'missing', isExplained: true });
  });

  test('are not decided by whoever asked, nor twice', async () => {
    await tellActivity();
    const { exceptionId } = await work.exceptions.request(claim(), '张三');
    await expect(
      work.exceptions.decide(exceptionId, 'approved', { person: '张三', reason: '自己批准' }),
    ).rejects.toMatchObject({ code: 'SAME_PERSON' });
    await work.exceptions.decide(exceptionId, 'refused', approve);
    await expect(work.exceptions.decide(exceptionId, 'approved', approve)).rejects.toMatchObject({
      code: 'EXCEPTION_DECIDED',
    });
  });

  test.each([
    ['two subjects', { caseId }],
    ['one end of a stretch', { from: '2026-03-02T01:00:00.000Z' }],
    ['a stretch that runs back', { from: '2026-03-02T02:00:00.000Z', to: '2026-03-02T01:00:00.000Z' }],
    ['no reason code', { reasonCode: null }],
    ['a code of another kind', { reasonCode: 'privacy' as const }],
    ['no recorder', { kind: 'recorder-lost' as const, reasonCode: null, paperRecord: '第1号' }],
    ['no paper', { kind: 'place-unrecordable' as const, reasonCode: null }],
  ])('with %s are refused', async (_what, change) => {
    await tellActivity();
    await expect(work.exceptions.request(claim(change), '张三')).rejects.toMatchObject({
      code: 'EXCEPTION_INVALID',
    });
  });

  test('cannot be changed or taken out, even through SQL; nor approved by whoever asked', async () => {
    await tellActivity();
    const { exceptionId } = await work.exceptions.request(claim(), '张三');
    const sql = (statement: string) =>
      index.database.write((transaction) => transaction.run(statement, [exceptionId]));
    await expect(sql("UPDATE coverage_exception SET reason = '' WHERE exception_id = ?")).rejects.toThrow(
      /append-only/u,
    );
    await expect(sql('DELETE FROM coverage_exception WHERE exception_id = ?')).rejects.toThrow(
      /append-only/u,
    );
    await expect(
      sql(
        `INSERT INTO coverage_exception_decision (sequence, exception_id, verdict, at, "by", reason) VALUES (0, ?, 'approved', '', '张三', '')`,
      ),
    ).rejects.toThrow(/another person/u);
  });
});
