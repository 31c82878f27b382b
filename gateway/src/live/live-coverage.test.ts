import type { CaseFactsRecord } from '@docket/ingest';
import { expect, onTestFinished, test } from 'vitest';
import { TestGateway, testToken } from '../http/testing/test-gateway.ts';
import { type Film, FilmDock, filmOf, recorderId } from './testing/film-dock.ts';

const caseId = 'oa/c-1';
const reader = testToken('zhang-san', ['read']);
const filmSeconds = 120;
const playingTimeDoubtMs = 600;
/** What stands linked to which activity. */
const activities = { both: 'oa/both', live: 'oa/live', originals: 'oa/originals' };

interface CoverageAnswer {
  steps: { activities: { activityId: string; judgement: { state: string; gaps: ToldGap[] } }[] }[];
}
interface ToldGap {
  kind: string;
  from: string;
  fromDoubtMs: number;
  to: string;
  toDoubtMs: number;
}

/** Three activities from the fifth second of the film to the hundred and fifteenth, to be recorded whole. */
async function tellActivities({ ingest }: FilmDock, startMs: number): Promise<void> {
  const instant = (second: number) => new Date(startMs + second * 1_000).toISOString();
  const records: CaseFactsRecord[] = [
    {
      kind: 'case',
      isWithdrawn: false,
      facts: {
        caseId,
        number: '示商罚〔2026〕1号',
        name: '示例一案',
        departmentId: 'changzhi-swj',
        unitId: 'oa/u-1',
        category: 'penalty',
        matter: null,
        isRandomInspection: false,
        riskTriggers: [],
        secrecy: 'none',
        openedOn: '2026-03-01',
        closedOn: null,
        retention: null,
        filedOn: null,
        decision: null,
      },
    },
    ...Object.values(activities).map(
      (activityId): CaseFactsRecord => ({
        kind: 'activity',
        isWithdrawn: false,
        facts: {
          activityId,
          caseId,
          kind: 'on-site-inspection',
          step: 'investigation',
          place: '示例市场',
          area: null,
          officerIds: [],
          startedAt: instant(5),
          endedAt: instant(115),
          timeDoubtMs: 0,
          isRandomInspection: false,
          riskTriggers: [],
          isWholeProcess: true,
        },
      }),
    ),
  ];
  const { dutyLists, book } = ingest.caseWork;
  await dutyLists.adoptPreset('changzhi-swj', { inForceFrom: '2026-01-01', reason: 'test' }, '张三');
  await book.receive(
    'oa',
    records.map((record) => ({ record, revision: null })),
    'test',
  );
}

/** Sends all but ten seconds, docks a card that lacks a minute, and links each to its activities. */
async function record(dock: FilmDock, film: Film, startMs: number, isReported: boolean): Promise<void> {
  const { ingest } = dock;
  await dock.dock(film, []);
  const recording = await ingest.live.begin({
    recorderId,
    way: 'pull-rtsp',
    description: film.description,
  });
  const way = { delayMs: 60, isReported };
  dock.send(recording, film, startMs, [0, 30], way);
  recording.interrupt('stream-lost', { kind: 'feed-ended', how: 'connection-lost', words: 'no network' });
  recording.resume(film.description);
  dock.send(recording, film, startMs, [40, 70], way);
  recording.cut();
  dock.send(recording, film, startMs, [70, 120], way);
  await recording.end('operation-closed');
  // Nobody can read the clock of the recorder, and what it wrote into the names is wrong by months.
  const originals = ['DCAM_CAM001_000001_20260101_080000.mp4', 'DCAM_CAM001_000003_20260101_080145.mp4'];
  await dock.dock(film, [
    { name: String(originals[0]), from: 0, to: 45 },
    { name: String(originals[1]), from: 105, to: 120 },
  ]);
  await tellActivities(dock, startMs);
  const to = (activityId: string) => ({ caseId, activityId, step: null });
  const live = await ingest.database.read('SELECT clip_id FROM clip WHERE live_session_id = ?', [
    recording.sessionId,
  ]);
  expect(live).toHaveLength(3);
  const by = { operator: '李四', reason: 'test' };
  await ingest.caseWork.mapping.link(
    live.map((row) => String(row.clip_id)),
    [to(activities.both), to(activities.live)],
    by,
  );
  const docked = await Promise.all(originals.map(async (name) => (await dock.clip(name)).clipId));
  await ingest.caseWork.mapping.link(docked, [to(activities.both), to(activities.originals)], by);
  await dock.settle();
}

/** What the API tells of each activity. */
async function coverageOf({ ingest }: FilmDock) {
  const { database, caseWork } = ingest;
  const gateway = await TestGateway.open({ tokens: [reader.entry] }, { database, caseWork });
  onTestFinished(() => gateway.close());
  const { json } = await gateway.ask(`/api/v1/cases/${encodeURIComponent(caseId)}/coverage`, {
    headers: { authorization: `Bearer ${reader.secret}` },
  });
  const { steps } = json as unknown as CoverageAnswer;
  return new Map(
    steps.flatMap(({ activities: lanes }) => lanes.map((lane) => [lane.activityId, lane.judgement])),
  );
}

/** True where the doubts of both ends hold the true ones, and are no wider than so much. */
function expectGap(gap: ToldGap | undefined, startMs: number, seconds: [number, number], doubtMs: number) {
  expect(gap?.kind).toBe('sure');
  if (gap === undefined) return;
  const apart = (at: string, second: number) => Math.abs(Date.parse(at) - startMs - second * 1_000);
  expect(apart(gap.from, seconds[0])).toBeLessThanOrEqual(gap.fromDoubtMs);
  expect(apart(gap.to, seconds[1])).toBeLessThanOrEqual(gap.toDoubtMs);
  expect(Math.max(gap.fromDoubtMs, gap.toDoubtMs)).toBeLessThanOrEqual(doubtMs);
}

test.each([
  ['the order of its connection proves its delay', true, 400],
  ['its delay is what the settings say', false, 2_000],
])('live footage and originals fill the gaps of each other; %s', async (_name, isReported, doubtMs) => {
  const dock = await FilmDock.open();
  const film = await filmOf(dock, filmSeconds);
  const startMs = Date.now() - 200_000;
  await record(dock, film, startMs, isReported);
  const told = await coverageOf(dock);

  expect(told.get(activities.both)).toMatchObject({ state: 'met', gaps: [] });
  const live = told.get(activities.live);
  const restsOn = isReported ? [] : ['delay-assumed'];
  expect(live).toMatchObject({ state: 'partial', gaps: [{}], restsOn });
  expectGap(live?.gaps[0], startMs, [30, 40], doubtMs);
  const originals = told.get(activities.originals);
  expect(originals).toMatchObject({ state: 'partial', gaps: [{}] });
  // How long a file of the recorder truly lasts is its own word.
  expectGap(originals?.gaps[0], startMs, [45, 105], doubtMs + playingTimeDoubtMs);
});
