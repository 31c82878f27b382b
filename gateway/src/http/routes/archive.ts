import { Type } from '@docket/device-protocol/schema';
import { isArchiveRefusal, type ProbeReport, parseQueuePosition } from '@docket/ingest';
import type { ArchiveDesk } from '../../archive/archive-desk.ts';
import {
  Archive,
  ArchiveKey,
  ArchiveProbeAnswer,
  ArchiveProbeRequest,
  ArchiveQueuePage,
  ArchiveQueueQuery,
  ArchiveRetried,
  ArchiveTarget,
  ArchiveTargetName,
  Identifier,
  PersonAndReason,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { archiveAnswer, probeAnswer, queueAnswer } from '../archive-answer.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { pageQuery } from '../page-query.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

const targetParams = Type.Object({ target: ArchiveTargetName });

/** A probe that takes longer goes on without whoever asked. */
const probePatienceMs = 90_000;

/** Where clips go, what waits, and what people do about it. */
export function archiveRoutes(app: HttpApp, { archive: desk }: HttpDependencies): void {
  app.get(
    '/archive',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readArchive',
        summary: 'Every archive target as it stands, the line, the feeds and the room in the store',
        tags: ['archive'],
        response: answers(Archive, 'The archive side'),
      },
    },
    () => archiveAnswer(desk),
  );

  app.get(
    '/archive/key',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readArchiveKey',
        summary: 'The public keys that this dock signs receipts with',
        tags: ['archive'],
        response: answers(ArchiveKey, 'Verifier keys of C2SP signed notes'),
      },
    },
    async () => keyAnswer(desk),
  );

  targetRoutes(app, desk);
  queueRoutes(app, desk);
}

function keyAnswer({ archive }: ArchiveDesk): ArchiveKey {
  const { dock } = archive.receipts.keys;
  return { name: dock[0]?.name ?? '', verifierKeys: dock.map(({ verifierKey }) => verifierKey) };
}

function targetRoutes(app: HttpApp, desk: ArchiveDesk): void {
  const { forwarder } = desk.archive;
  const shown = async (name: string) => {
    const { targets } = await archiveAnswer(desk);
    const target = targets.find((one) => one.name === name);
    if (target === undefined) throw new HttpProblem('not-found');
    return target;
  };

  for (const [act, summary] of [
    ['pause', 'Send a target nothing until it is resumed; an upload under way stays as it is'],
    ['resume', 'Let a paused target go on'],
  ] as const) {
    app.post(
      `/archive/targets/:target/${act}`,
      {
        config: { scope: 'operate' },
        schema: {
          operationId: `${act}ArchiveTarget`,
          summary,
          tags: ['archive'],
          params: targetParams,
          body: PersonAndReason,
          response: answers(ArchiveTarget, 'The target as it stands now'),
        },
      },
      async (request) => {
        const { person, reason } = request.body;
        const ground = { person: personOf(request, person), reason };
        await asOperatorAsked(forwarder[act](request.params.target, ground));
        return shown(request.params.target);
      },
    );
  }

  app.post(
    '/archive/targets/:target/retry-all',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'retryArchiveTarget',
        summary: 'Send everything that failed at a target again, what was given up too',
        tags: ['archive'],
        params: targetParams,
        body: PersonAndReason,
        response: answers(ArchiveRetried, 'How many clips are sent again'),
      },
    },
    async (request) => {
      const { person, reason } = request.body;
      const ground = { person: personOf(request, person), reason };
      return { clips: await asOperatorAsked(forwarder.retryAll(request.params.target, ground)) };
    },
  );

  app.post(
    '/archive/targets/:target/probe',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'probeArchiveTarget',
        summary: 'Put a target to the test: write a canary, and try what must not be possible',
        tags: ['archive'],
        params: targetParams,
        body: ArchiveProbeRequest,
        response: answers(ArchiveProbeAnswer, 'What was found, or that it takes longer'),
      },
    },
    async (request) => {
      const { target } = request.params;
      await shown(target);
      const person = personOf(request, request.body.person);
      const report = await asOperatorAsked(asked(desk.probes.run(target, person, probePatienceMs)));
      return report === null
        ? { probe: null, isProbing: true }
        : { probe: probeAnswer(report), isProbing: false };
    },
  );
}

/** What the archive answered is told to whoever asked. */
async function asked(probing: Promise<ProbeReport | null>): Promise<ProbeReport | null> {
  try {
    return await probing;
  } catch (error) {
    if (isArchiveRefusal(error)) throw new HttpProblem('archive-refused', `${error.code}: ${error.message}`);
    throw error;
  }
}

function queueRoutes(app: HttpApp, { archive: { forwarder } }: ArchiveDesk): void {
  app.get(
    '/archive/queue',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listArchiveQueue',
        summary: 'Clips that a target has not signed for',
        tags: ['archive'],
        querystring: Type.Object({
          ...ArchiveQueueQuery.properties,
          ...pageQuery,
          cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
        }),
        response: answers(ArchiveQueuePage, 'One page, in the order in which they go'),
      },
    },
    async ({ query: { cursor, limit = 50, ...filter } }) => {
      const after = cursor === undefined ? null : parseQueuePosition(cursor);
      if (cursor !== undefined && after === null) throw new HttpProblem('cursor-invalid');
      const { entries, next } = await forwarder.listQueue({ ...filter, after, limit });
      return { entries: entries.map(queueAnswer), nextCursor: next };
    },
  );

  app.post(
    '/archive/queue/:target/:clipId/retry',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'retryArchiveClip',
        summary: 'Send one clip to a target again now, as if it had never failed',
        tags: ['archive'],
        params: Type.Object({ target: ArchiveTargetName, clipId: Identifier }),
        body: PersonAndReason,
        response: answers(ArchiveRetried, 'It waits for its turn'),
      },
    },
    async (request) => {
      const { person, reason } = request.body;
      const { target, clipId } = request.params;
      const ground = { person: personOf(request, person), reason };
      await asOperatorAsked(forwarder.retry(clipId, target, ground));
      return { clips: 1 };
    },
  );
}
