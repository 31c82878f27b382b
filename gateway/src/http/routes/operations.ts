import { Type } from '@docket/device-protocol/schema';
import { type Operation as OperationRecord, readBookmarksOfClip, readOperationsOfCase } from '@docket/ingest';
import {
  BookmarkRequest,
  BookmarkStrikeRequest,
  ClipBookmark,
  FactsId,
  Identifier,
  OperationCloseRequest,
  OperationFile,
  OperationJoinRequest,
  OperationLeaveRequest,
  OperationPage,
  OperationQuery,
  OperationRelateRequest,
  OperationRequest,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { operationAnswers, operationFileAnswer } from '../operation-answer.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { pageQuery } from '../page-query.ts';
import { personAtTheDock } from '../person.ts';
import { HttpProblem } from '../problem.ts';

const params = Type.Object({ operationId: Identifier });

export function operationRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { database, caseWork } = dependencies;
  const { operations } = caseWork;
  app.get(
    '/operations',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listOperations',
        summary: 'On-site operations, newest first',
        tags: ['operations'],
        querystring: Type.Object({ ...OperationQuery.properties, ...pageQuery }),
        response: answers(OperationPage, 'One page of operations'),
      },
    },
    async ({ query: { cursor, limit = 50, open, ...filter } }) => {
      const before = decodeCursor('operations', cursor);
      const { operations: found, next } = await operations.list(
        { ...filter, ...(open === undefined ? {} : { isOpen: open }) },
        { before, limit },
      );
      return {
        operations: await operationAnswers(database, found),
        nextCursor: encodeCursor('operations', next),
      };
    },
  );

  app.get(
    '/operations/:operationId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readOperation',
        summary: 'One on-site operation with its recorders and its bookmarks',
        tags: ['operations'],
        params,
        response: answers(OperationFile, 'The operation'),
      },
    },
    ({ params: { operationId } }) => readFile(dependencies, operationId),
  );

  app.get(
    '/cases/:caseId/operations',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listOperationsOfCase',
        summary: 'On-site operations of a case with their bookmarks, first opened first',
        tags: ['operations'],
        params: Type.Object({ caseId: FactsId }),
        response: answers(Type.Object({ operations: Type.Array(OperationFile) }), 'The operations'),
      },
    },
    async ({ params: { caseId } }) => {
      const files = await readOperationsOfCase(database, caseId);
      return { operations: await Promise.all(files.map((file) => operationFileAnswer(database, file))) };
    },
  );

  app.get(
    '/clips/:clipId/bookmarks',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listBookmarksOfClip',
        summary: 'Moments that were marked during on-site operations, with their place in a clip',
        tags: ['operations'],
        params: Type.Object({ clipId: Identifier }),
        response: answers(
          Type.Object({ bookmarks: Type.Array(ClipBookmark) }),
          'In the order of their moments',
        ),
      },
    },
    async ({ params: { clipId } }) => {
      const bookmarks = await readBookmarksOfClip(database, clipId);
      if (bookmarks === null) throw new HttpProblem('not-found');
      return { bookmarks };
    },
  );

  operationActs(app, dependencies);
  bookmarkActs(app, dependencies);
}

/** What people do with operations; each act answers with the operation as it then stands. */
function operationActs(app: HttpApp, dependencies: HttpDependencies): void {
  const { operations } = dependencies.caseWork;
  const response = answers(OperationFile, 'The operation');
  const asked = async (act: Promise<OperationRecord>) =>
    readFile(dependencies, (await asOperatorAsked(act)).operationId);

  app.post(
    '/operations',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'openOperation',
        summary: 'Open an on-site operation; what its recorders send is recorded and linked from now on',
        tags: ['operations'],
        body: OperationRequest,
        response,
      },
    },
    (request) => {
      const { title, place = null, officerIds = [], recorders = [], person, ...about } = request.body;
      const wanted = {
        ...subjectOf(about),
        title,
        place,
        officerIds,
        recorders: recorders.map(({ recorderId, officerId = null }) => ({ recorderId, officerId })),
      };
      return asked(operations.open(wanted, personAtTheDock(request, person)));
    },
  );

  app.post(
    '/operations/:operationId/relate',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'relateOperation',
        summary: 'Say which case, activity and step an operation is about; what it brought is linked there',
        tags: ['operations'],
        params,
        body: OperationRelateRequest,
        response,
      },
    },
    (request) => {
      const { person, ...about } = request.body;
      const { operationId } = request.params;
      return asked(operations.relate(operationId, subjectOf(about), personAtTheDock(request, person)));
    },
  );

  app.post(
    '/operations/:operationId/join',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'joinOperation',
        summary: 'A recorder takes part in an operation',
        tags: ['operations'],
        params,
        body: OperationJoinRequest,
        response,
      },
    },
    (request) => {
      const { person, recorderId, officerId = null } = request.body;
      const by = personAtTheDock(request, person);
      return asked(operations.join(request.params.operationId, { recorderId, officerId }, by));
    },
  );

  app.post(
    '/operations/:operationId/leave',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'leaveOperation',
        summary: 'A recorder takes part no longer',
        tags: ['operations'],
        params,
        body: OperationLeaveRequest,
        response,
      },
    },
    (request) => {
      const { person, recorderId } = request.body;
      const by = personAtTheDock(request, person);
      return asked(operations.leave(request.params.operationId, recorderId, by));
    },
  );

  app.post(
    '/operations/:operationId/close',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'closeOperation',
        summary: 'Close an operation; all its recorders leave',
        tags: ['operations'],
        params,
        body: OperationCloseRequest,
        response,
      },
    },
    (request) => {
      const by = personAtTheDock(request, request.body.person);
      return asked(operations.close(request.params.operationId, by));
    },
  );
}

function bookmarkActs(app: HttpApp, dependencies: HttpDependencies): void {
  const { operations } = dependencies.caseWork;
  app.post(
    '/operations/:operationId/bookmarks',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'makeBookmark',
        summary: 'Mark a moment of an operation: now, or one that is past',
        tags: ['operations'],
        params,
        body: BookmarkRequest,
        response: answers(OperationFile, 'The operation with its bookmarks'),
      },
    },
    async (request) => {
      const { operationId } = request.params;
      const { kind, text = null, at = null, recorderId = null, person } = request.body;
      if (kind === 'note' && text === null) throw new HttpProblem('request-invalid', 'a note wants a text');
      const by = personAtTheDock(request, person);
      await asOperatorAsked(operations.bookmark(operationId, { kind, text, at, recorderId }, by));
      return readFile(dependencies, operationId);
    },
  );

  app.post(
    '/operations/:operationId/bookmarks/:bookmarkId/strike',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'strikeBookmark',
        summary: 'Strike out a bookmark that is wrong; it stays to be seen',
        tags: ['operations'],
        params: Type.Object({ operationId: Identifier, bookmarkId: Identifier }),
        body: BookmarkStrikeRequest,
        response: answers(OperationFile, 'The operation with its bookmarks'),
      },
    },
    async (request) => {
      const { operationId, bookmarkId } = request.params;
      const { reason, person } = request.body;
      const by = personAtTheDock(request, person);
      await asOperatorAsked(operations.strike(operationId, bookmarkId, reason, by));
      return readFile(dependencies, operationId);
    },
  );
}

async function readFile(
  { database, caseWork }: HttpDependencies,
  operationId: string,
): Promise<OperationFile> {
  const file = await caseWork.operations.read(operationId);
  if (file === null) throw new HttpProblem('not-found');
  return operationFileAnswer(database, file);
}

function subjectOf({ caseId = null, activityId = null, step = null }: OperationRelateRequest) {
  return { caseId, activityId, step };
}
