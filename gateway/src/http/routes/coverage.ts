import { wallClockInZone } from '@docket/device-protocol';
import { Type } from '@docket/device-protocol/schema';
import {
  type CoveragePlace,
  listJudged,
  readActivity,
  readCaseCoverage,
  readJudgementHistory,
} from '@docket/ingest';
import {
  CaseCoverage,
  CoverageQuery,
  FactsId,
  JudgedActivityPage,
  JudgementHistory,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeCursor, decodeNumberCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { pageQuery } from '../page-query.ts';
import { HttpProblem } from '../problem.ts';

const dayMs = 86_400_000;

export function coverageRoutes(app: HttpApp, { database, caseWork }: HttpDependencies): void {
  app.get(
    '/cases/:caseId/coverage',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readCaseCoverage',
        summary:
          'How far footage answers the duties of a case: summed up, by step, and each activity with its clips and gaps',
        tags: ['coverage'],
        params: Type.Object({ caseId: FactsId }),
        response: answers(CaseCoverage, 'The coverage of the case'),
      },
    },
    async ({ params: { caseId } }) => {
      const coverage = await readCaseCoverage(database, caseId);
      if (coverage === null) throw new HttpProblem('not-found');
      return coverage;
    },
  );

  app.get(
    '/activities/:activityId/judgements',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listJudgements',
        summary: 'Every judgement of an activity, newest first',
        tags: ['coverage'],
        params: Type.Object({ activityId: FactsId }),
        querystring: Type.Object(pageQuery),
        response: answers(JudgementHistory, 'One page of judgements'),
      },
    },
    async ({ params: { activityId }, query: { cursor, limit = 50 } }) => {
      if ((await readActivity(database, activityId)) === null) throw new HttpProblem('not-found');
      const before = decodeNumberCursor('judgements', cursor);
      const { judgements, next } = await readJudgementHistory(database, activityId, { before, limit });
      return { judgements, nextCursor: encodeCursor('judgements', next) };
    },
  );

  app.get(
    '/coverage',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCoverage',
        summary: 'Judged activities by state, unit and day, the latest first',
        tags: ['coverage'],
        querystring: Type.Object({ ...CoverageQuery.properties, ...pageQuery }),
        response: answers(JudgedActivityPage, 'One page of activities'),
      },
    },
    async ({ query: { state, unit, from, to, cursor, limit = 50 } }) => {
      const { zone } = caseWork.coverage.policy;
      const beginsMs = (day: string) => wallClockInZone(Date.parse(`${day}T00:00:00Z`), zone);
      const filter = {
        ...(state === undefined ? {} : { state }),
        ...(unit === undefined ? {} : { unitId: unit }),
        ...(from === undefined ? {} : { fromMs: beginsMs(from) }),
        ...(to === undefined ? {} : { toMs: beginsMs(to) + dayMs }),
      };
      const after = placeOf(decodeCursor('coverage', cursor));
      const { activities, next } = await listJudged(database, filter, { after, limit });
      const place = next === null ? null : `${next.startedMs}/${encodeURIComponent(next.activityId)}`;
      return { activities, nextCursor: encodeCursor('coverage', place) };
    },
  );
}

/** Throws HttpProblem `cursor-invalid`. */
function placeOf(position: string | null): CoveragePlace | null {
  if (position === null) return null;
  const { startedMs, id } = /^(?<startedMs>-?\d{1,16})\/(?<id>[^/]+)$/u.exec(position)?.groups ?? {};
  if (startedMs === undefined || id === undefined) throw new HttpProblem('cursor-invalid');
  try {
    return { startedMs: Number(startedMs), activityId: decodeURIComponent(id) };
  } catch {
    throw new HttpProblem('cursor-invalid');
  }
}
