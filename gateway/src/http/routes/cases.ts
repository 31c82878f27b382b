import { Type } from '@docket/device-protocol/schema';
import {
  type CasePosition,
  type Known,
  listCases,
  listOfficers,
  listUnits,
  readActivities,
  readActivity,
  readCase,
  readCaseStandings,
  readFactsHistory,
  readOfficer,
} from '@docket/ingest';
import {
  Activity,
  Case,
  CasePage,
  CaseQuery,
  FactsId,
  FactsKind,
  Officer,
  OfficerPage,
  OfficerQuery,
  ReceivedFacts,
  Unit,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { HttpProblem } from '../problem.ts';

const caseParams = Type.Object({ caseId: FactsId });

export function caseRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/cases',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCases',
        summary: 'Cases that fit a filter, last opened first',
        tags: ['cases'],
        querystring: CaseQuery,
        response: answers(CasePage, 'One page of cases'),
      },
    },
    async ({ query: { cursor, limit = 50, withdrawn, ...filter } }) => {
      const after = casePosition(decodeCursor('cases', cursor));
      const { cases, total, next } = await listCases(
        database,
        { ...filter, ...asIsWithdrawn(withdrawn) },
        { after, limit },
      );
      const nextCursor = encodeCursor('cases', next === null ? null : `${next.openedOn}/${next.caseId}`);
      const standings = await readCaseStandings(
        database,
        cases.map(({ facts }) => facts.caseId),
      );
      return {
        cases: cases.map((known) => ({ ...flat(known), standing: found(standings.get(known.facts.caseId)) })),
        total,
        nextCursor,
      };
    },
  );

  app.get(
    '/cases/:caseId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readCase',
        summary: 'One case',
        tags: ['cases'],
        params: caseParams,
        response: answers(Case, 'The case'),
      },
    },
    async ({ params: { caseId } }) => flat(found(await readCase(database, caseId))),
  );

  app.get(
    '/cases/:caseId/activities',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listActivities',
        summary: 'Activities of a case in the order in which they began',
        tags: ['cases'],
        params: caseParams,
        querystring: Type.Object({
          withWithdrawn: Type.Optional(Type.Boolean({ description: 'Also what was withdrawn.' })),
        }),
        response: answers(Type.Object({ activities: Type.Array(Activity) }), 'The activities'),
      },
    },
    async ({ params: { caseId }, query: { withWithdrawn = false } }) => {
      const activities = await readActivities(database, caseId, { withWithdrawn });
      return { activities: activities.map(flat) };
    },
  );

  app.get(
    '/activities/:activityId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readActivity',
        summary: 'One activity',
        tags: ['cases'],
        params: Type.Object({ activityId: FactsId }),
        response: answers(Activity, 'The activity'),
      },
    },
    async ({ params: { activityId } }) => flat(found(await readActivity(database, activityId))),
  );
}

/** Who acts, and every word that was ever said of anything. */
export function factsRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/officers',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listOfficers',
        summary: 'Officers that fit a filter (行政执法人员清单), by id',
        tags: ['cases'],
        querystring: OfficerQuery,
        response: answers(OfficerPage, 'One page of officers'),
      },
    },
    async ({ query: { cursor, limit = 50, withdrawn, ...filter } }) => {
      const { officers, total, next } = await listOfficers(
        database,
        { ...filter, ...asIsWithdrawn(withdrawn) },
        { after: decodeCursor('officers', cursor), limit },
      );
      return { officers: officers.map(flat), total, nextCursor: encodeCursor('officers', next) };
    },
  );

  app.get(
    '/officers/:officerId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readOfficer',
        summary: 'One officer',
        tags: ['cases'],
        params: Type.Object({ officerId: FactsId }),
        response: answers(Officer, 'The officer'),
      },
    },
    async ({ params: { officerId } }) => flat(found(await readOfficer(database, officerId))),
  );

  app.get(
    '/units',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listUnits',
        summary: 'Every unit that is not withdrawn, by id',
        tags: ['cases'],
        response: answers(Type.Object({ units: Type.Array(Unit) }), 'The units'),
      },
    },
    async () => ({ units: (await listUnits(database)).map(flat) }),
  );

  app.get(
    '/facts-history',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readFactsHistory',
        summary: 'Every word ever received on one unit, officer, case or activity, newest first',
        tags: ['cases'],
        querystring: Type.Object({ kind: FactsKind, id: FactsId }),
        response: answers(
          Type.Object({ history: Type.Array(ReceivedFacts) }),
          'The history, at most a thousand words',
        ),
      },
    },
    async ({ query: { kind, id } }) => ({ history: await readFactsHistory(database, kind, id) }),
  );
}

function flat<Facts>({ facts, ...standing }: Known<Facts>): Facts & Omit<Known<Facts>, 'facts'> {
  return { ...facts, ...standing };
}

function found<Thing>(thing: Thing | null | undefined): Thing {
  if (thing === null || thing === undefined) throw new HttpProblem('not-found');
  return thing;
}

function asIsWithdrawn(withdrawn: boolean | undefined): { isWithdrawn?: boolean } {
  return withdrawn === undefined ? {} : { isWithdrawn: withdrawn };
}

/** `yyyy-mm-dd/<case id>`; ids hold no white space, and so the cursor of a list carries them. */
function casePosition(position: string | null): CasePosition | null {
  if (position === null) return null;
  if (!/^\d{4}-\d{2}-\d{2}\/./u.test(position)) throw new HttpProblem('cursor-invalid');
  return { openedOn: position.slice(0, 10), caseId: position.slice(11) };
}
