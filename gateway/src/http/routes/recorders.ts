import { Type } from '@docket/device-protocol/schema';
import { listRegister, readRecorderHistory, readRegistered } from '@docket/ingest';
import type { FastifyRequest } from 'fastify';
import {
  Identifier,
  IssueRequest,
  Recorder,
  RecorderFile,
  RecorderQuery,
  ReturnRequest,
  StateRequest,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { HttpProblem } from '../problem.ts';
import { fitsQuery, recorderAnswer } from '../recorder-answer.ts';

const params = Type.Object({ recorderId: Identifier });

export function recorderRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { database } = dependencies;
  app.get(
    '/recorders',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listRecorders',
        summary: 'Every recorder ever docked here that fits a filter, last seen first',
        tags: ['recorders'],
        querystring: RecorderQuery,
        response: answers(Type.Object({ recorders: Type.Array(Recorder) }), 'The recorders'),
      },
    },
    async ({ query }) => {
      const recorders = (await listRegister(database)).map(recorderAnswer);
      return { recorders: recorders.filter((recorder) => fitsQuery(recorder, query, Date.now())) };
    },
  );

  app.get(
    '/recorders/:recorderId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readRecorder',
        summary: 'One recorder with its history and its ledger',
        tags: ['recorders'],
        params,
        response: answers(RecorderFile, 'The recorder'),
      },
    },
    ({ params: { recorderId } }) => readFile(dependencies, recorderId),
  );

  ledgerRoutes(app, dependencies);
}

/** The acts of the ledger: each wants a reason, and answers with the recorder as it then stands. */
function ledgerRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { ledger } = dependencies;
  const ground = (request: FastifyRequest, reason: string) => ({
    operator: request.caller.name ?? 'unknown',
    reason,
  });
  const schema = { tags: ['recorders'], params, response: answers(RecorderFile, 'The recorder') };

  app.post(
    '/recorders/:recorderId/issue',
    {
      config: { scope: 'operate' },
      schema: {
        ...schema,
        operationId: 'issueRecorder',
        summary: 'Issue a recorder to an officer (发放)',
        body: IssueRequest,
      },
    },
    async (request) => {
      const { recorderId } = request.params;
      const { reason, numberOnRecorder = null, ...officer } = request.body;
      await asOperatorAsked(
        ledger.issue(recorderId, { ...officer, numberOnRecorder }, ground(request, reason)),
      );
      return readFile(dependencies, recorderId);
    },
  );

  app.post(
    '/recorders/:recorderId/return',
    {
      config: { scope: 'operate' },
      schema: {
        ...schema,
        operationId: 'returnRecorder',
        summary: 'Take a recorder back from the officer it is issued to (归还)',
        body: ReturnRequest,
      },
    },
    async (request) => {
      const { recorderId } = request.params;
      await asOperatorAsked(ledger.takeBack(recorderId, ground(request, request.body.reason)));
      return readFile(dependencies, recorderId);
    },
  );

  app.post(
    '/recorders/:recorderId/state',
    {
      config: { scope: 'operate' },
      schema: {
        ...schema,
        operationId: 'changeRecorderState',
        summary: 'Mark a recorder as lost, broken, retired or in service',
        body: StateRequest,
      },
    },
    async (request) => {
      const { recorderId } = request.params;
      const { state, reason } = request.body;
      await asOperatorAsked(ledger.changeState(recorderId, state, ground(request, reason)));
      return readFile(dependencies, recorderId);
    },
  );
}

async function readFile({ database }: HttpDependencies, recorderId: string): Promise<RecorderFile> {
  const recorder = await readRegistered(database, recorderId);
  if (recorder === null) throw new HttpProblem('not-found');
  return { recorder: recorderAnswer(recorder), ...(await readRecorderHistory(database, recorderId)) };
}
