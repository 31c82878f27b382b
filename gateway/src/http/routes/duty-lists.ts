import { Type } from '@docket/device-protocol/schema';
import {
  compareDutyLists,
  type DutyLists,
  type DutyListVersion,
  dutyListPresets,
  isIngestError,
} from '@docket/ingest';
import {
  AdoptPresetRequest,
  DeliverDutyListRequest,
  DepartmentId,
  DutyListCompareQuery,
  DutyListComparison,
  DutyListDelivered,
  DutyListDepartments,
  DutyListDraft,
  DutyListPreset,
  DutyListRows,
  DutyListRowsRequest,
  DutyListSummary,
  DutyListVersion as DutyListVersionAnswer,
  PublishDutyListRequest,
} from '../../contract/index.ts';
import { parseDutyListRows } from '../../duty-lists/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

const params = Type.Object({ departmentId: DepartmentId });
/** A list of five hundred items with their sentences is larger than other requests. */
const bodyLimit = 2 * 1024 * 1024;
const tags = ['duty lists'];

export function dutyListRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  readingRoutes(app, dependencies.caseWork.dutyLists);
  comparingRoutes(app, dependencies.caseWork.dutyLists);
  publishingRoutes(app, dependencies);
  deliveringRoute(app, dependencies);
}

function readingRoutes(app: HttpApp, lists: DutyLists): void {
  app.get(
    '/duty-lists',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDutyLists',
        summary: 'Departments with a duty list (音像记录事项清单), each with the version in force today',
        tags,
        response: answers(DutyListDepartments, 'The departments'),
      },
    },
    async () => {
      const today = lists.today();
      const departments = await Promise.all(
        (await lists.departments()).map(async (departmentId) => {
          const versions = await lists.versions(departmentId);
          const inForce = await lists.inForce(departmentId, today);
          return {
            departmentId,
            versions: versions.length,
            inForce: inForce === null ? null : summaryOf(inForce),
            newest: summaryOf(versions[0] as DutyListVersion),
          };
        }),
      );
      return { today, departments };
    },
  );

  app.get(
    '/duty-lists/:departmentId/versions',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDutyListVersions',
        summary: 'Every version of a department’s duty list, newest first',
        tags,
        params,
        response: answers(Type.Object({ versions: Type.Array(DutyListSummary) }), 'The versions'),
      },
    },
    async ({ params: { departmentId } }) => {
      const versions = await lists.versions(departmentId);
      return { versions: versions.map(summaryOf) };
    },
  );

  app.get(
    '/duty-lists/:departmentId/versions/:version',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readDutyList',
        summary: 'One version of a duty list',
        tags,
        params: Type.Object({ departmentId: DepartmentId, version: Type.Integer({ minimum: 1 }) }),
        response: answers(DutyListVersionAnswer, 'The version'),
      },
    },
    ({ params: { departmentId, version } }) => read(lists, departmentId, version),
  );

  app.get(
    '/duty-list-presets',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDutyListPresets',
        summary: 'The duty lists that come with Docket, each with the sentences it was made from',
        tags,
        response: answers(Type.Object({ presets: Type.Array(DutyListPreset) }), 'The presets'),
      },
    },
    async () => ({ presets: [...dutyListPresets] }),
  );
}

function comparingRoutes(app: HttpApp, lists: DutyLists): void {
  app.get(
    '/duty-lists/:departmentId/compare',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'compareDutyLists',
        summary: 'What changed from one version of a duty list to another',
        tags,
        params,
        querystring: DutyListCompareQuery,
        response: answers(DutyListComparison, 'The comparison'),
      },
    },
    async ({ params: { departmentId }, query }) => {
      const from = await read(lists, departmentId, query.from);
      const to = await read(lists, departmentId, query.to);
      const difference = compareDutyLists(from.content, to.content);
      return { from: from.version, to: to.version, difference };
    },
  );

  app.post(
    '/duty-lists/:departmentId/compare',
    {
      config: { scope: 'read' },
      bodyLimit,
      schema: {
        operationId: 'compareDutyListDraft',
        summary:
          'What a list would change that is not published yet, against the version in force on its day',
        tags,
        params,
        body: DutyListDraft,
        response: answers(DutyListComparison, 'The comparison'),
      },
    },
    async ({ params: { departmentId }, body }) => {
      const from = await lists.inForce(departmentId, body.inForceFrom);
      const difference = from === null ? null : compareDutyLists(from.content, body.content);
      return { from: from?.version ?? null, to: null, difference };
    },
  );
}

function publishingRoutes(app: HttpApp, { caseWork }: HttpDependencies): void {
  const lists = caseWork.dutyLists;
  app.post(
    '/duty-lists/:departmentId/versions',
    {
      config: { scope: 'operate' },
      bodyLimit,
      schema: {
        operationId: 'publishDutyList',
        summary: 'Publish the next version of a duty list; what it judges is judged anew',
        tags,
        params,
        body: PublishDutyListRequest,
        response: answers(DutyListSummary, 'The version as published'),
      },
    },
    async (request) => {
      const { person, ...list } = request.body;
      const { departmentId } = request.params;
      const published = await asOperatorAsked(lists.publish(departmentId, list, personOf(request, person)));
      caseWork.reckoner.wake();
      return summaryOf(published);
    },
  );

  app.post(
    '/duty-lists/:departmentId/adopt-preset',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'adoptDutyListPreset',
        summary: 'Publish a list that comes with Docket as the next version of a department’s own',
        tags,
        params,
        body: AdoptPresetRequest,
        response: answers(DutyListSummary, 'The version as published'),
      },
    },
    async (request) => {
      const { person, ...wanted } = request.body;
      const { departmentId } = request.params;
      const published = await asOperatorAsked(
        lists.adoptPreset(departmentId, wanted, personOf(request, person)),
      );
      caseWork.reckoner.wake();
      return summaryOf(published);
    },
  );

  app.post(
    '/duty-list-rows',
    {
      config: { scope: 'operate' },
      bodyLimit,
      schema: {
        operationId: 'readDutyListRows',
        summary: 'Read the items of a duty list from the rows of a table; publishes nothing',
        tags,
        body: DutyListRowsRequest,
        response: answers(DutyListRows, 'The items, and what could not be read'),
      },
    },
    async ({ body: { rows, document } }) => parseDutyListRows(rows, { document }),
  );
}

async function read(lists: DutyLists, departmentId: string, version: number): Promise<DutyListVersion> {
  const found = await lists.read(departmentId, version);
  if (found === null) throw new HttpProblem('not-found');
  return found;
}

/** How a case system hands a list in: the same one again is no fault and no new version. */
function deliveringRoute(app: HttpApp, { caseWork }: HttpDependencies): void {
  const lists = caseWork.dutyLists;
  app.post(
    '/inbound/duty-lists/:departmentId',
    {
      config: { scope: 'deliver' },
      bodyLimit,
      schema: {
        operationId: 'deliverDutyList',
        summary: 'Take a duty list from a case system; the same list again changes nothing',
        tags: ['inbound'],
        params,
        body: DeliverDutyListRequest,
        response: answers(DutyListDelivered, 'The version that stands'),
      },
    },
    async ({ params: { departmentId }, body: { sender, ...list }, caller }) => {
      const by = `${sender} (${caller.name ?? 'unknown'})`;
      const published = await asOperatorAsked(
        lists.publish(departmentId, list, by).catch((error: unknown) => {
          if (isIngestError(error, 'DUTY_LIST_UNCHANGED')) return null;
          throw error;
        }),
      );
      if (published === null) {
        const [newest] = await lists.versions(departmentId);
        return { outcome: 'unchanged' as const, version: summaryOf(newest as DutyListVersion) };
      }
      caseWork.reckoner.wake();
      return { outcome: 'published' as const, version: summaryOf(published) };
    },
  );
}

function summaryOf({ content, ...version }: DutyListVersion): DutyListSummary {
  return { ...version, items: content.items.length };
}
