import { Type } from '@docket/device-protocol/schema';
import { readRecorderHistory, readRegistered, type WantedSource } from '@docket/ingest';
import type { FastifyRequest } from 'fastify';
import {
  Identifier,
  LiveSourcePage,
  LiveSourceRequest,
  LiveSourceSet,
  RecorderFile,
  RecorderRegistration,
} from '../../contract/index.ts';
import { answers, emptyAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { sourceAnswer } from '../live-answer.ts';
import { readSerialNumbers } from '../operation-answer.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';
import { recorderAnswer } from '../recorder-answer.ts';

const params = Type.Object({ recorderId: Identifier });
const removal = Type.Object({
  reason: LiveSourceRequest.anyOf[0].properties.reason,
  person: LiveSourceRequest.anyOf[0].properties.person,
});

/** Which recorders may send live, and how. Secrets are taken and made, and never given again. */
export function liveSourceRoutes(
  app: HttpApp,
  { database, live, liveSources, ledger }: HttpDependencies,
): void {
  app.get(
    '/live/sources',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLiveSources',
        summary: 'How registered recorders send live',
        tags: ['live'],
        response: answers(LiveSourcePage, 'The sources, without secrets'),
      },
    },
    async () => {
      const sources = liveSources.list();
      const serialNumbers = await readSerialNumbers(
        database,
        sources.map(({ recorderId }) => recorderId),
      );
      return {
        sources: sources.map((source) => sourceAnswer(source, serialNumbers.get(source.recorderId) ?? null)),
        pushPorts: live.pushPorts(),
      };
    },
  );

  app.put(
    '/live/sources/:recorderId',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'setLiveSource',
        summary: 'Register how a recorder sends live, in place of what was registered before',
        tags: ['live'],
        params,
        body: LiveSourceRequest,
        response: answers(LiveSourceSet, 'The source; a password or key that was made is shown this once'),
      },
    },
    async (request) => {
      const { recorderId } = request.params;
      const { person, reason, ...wanted } = request.body;
      const ground = { operator: personOf(request, person), reason };
      const { source, shown } = await asOperatorAsked(
        liveSources.set({ recorderId, ...wanted } as WantedSource, ground),
      );
      const serialNumbers = await readSerialNumbers(database, [recorderId]);
      return { source: sourceAnswer(source, serialNumbers.get(recorderId) ?? null), shown };
    },
  );

  app.delete(
    '/live/sources/:recorderId',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'removeLiveSource',
        summary: 'The recorder may no longer send live; what it sends now is ended',
        tags: ['live'],
        params,
        querystring: removal,
        response: emptyAnswers('It stands'),
      },
    },
    async (request, reply) => {
      const { person, reason } = request.query;
      const ground = { operator: personOf(request, person), reason };
      await asOperatorAsked(liveSources.remove(request.params.recorderId, ground));
      return reply.code(204).send();
    },
  );

  app.post(
    '/recorders',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'registerRecorder',
        summary: 'Register a recorder that was never docked here, by its serial number',
        tags: ['recorders'],
        body: RecorderRegistration,
        response: answers(RecorderFile, 'The recorder; the same one when it is docked under this number'),
      },
    },
    async (request: FastifyRequest<{ Body: RecorderRegistration }>) => {
      const { person, reason, serialNumber, vendor = null, model = null } = request.body;
      const ground = { operator: personOf(request, person), reason };
      const recorderId = await asOperatorAsked(ledger.register({ serialNumber, vendor, model }, ground));
      const recorder = await readRegistered(database, recorderId);
      if (recorder === null) throw new HttpProblem('not-found');
      return { recorder: recorderAnswer(recorder), ...(await readRecorderHistory(database, recorderId)) };
    },
  );
}
