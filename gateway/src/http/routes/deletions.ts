import { Type } from '@docket/device-protocol/schema';
import { listDeletionRequests, readCertificate } from '@docket/ingest';
import {
  DeletionAnswer,
  DeletionCertificate,
  DeletionPage,
  DeletionQuery,
  DeletionRequest,
  DeletionRequestRecord,
  Identifier,
  oneOf,
  PersonAndReason,
} from '../../contract/index.ts';
import { renderCertificate } from '../../deletion-certificate/render-certificate.ts';
import { packetPolicy } from '../../review-packet/index.ts';
import { answers, byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

const clipParams = Type.Object({ clipId: Identifier });

/** Deletions: asked for by one person, approved by another, and what remains of them. */
export function deletionRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { database, caseWork } = dependencies;
  const { deletions } = caseWork.retention;

  app.get(
    '/deletions',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDeletions',
        summary: 'Deletions that were asked for, newest first',
        tags: ['retention'],
        querystring: DeletionQuery,
        response: answers(DeletionPage, 'One page of requests'),
      },
    },
    async ({ query: { cursor, limit = 20, ...filter } }) => {
      const page = { before: decodeCursor('deletions', cursor), limit };
      const { requests, next } = await listDeletionRequests(database, filter, page);
      return { requests, nextCursor: encodeCursor('deletions', next) };
    },
  );

  app.post(
    '/deletions',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'requestDeletion',
        summary: 'Ask for clips to be deleted; those that anything keeps are left out and told',
        tags: ['retention'],
        body: DeletionRequest,
        response: answers(DeletionAnswer, 'The request, and the clips that stay'),
      },
    },
    (request) => {
      const { clipIds, reason, person } = request.body;
      const by = { person: personOf(request, person), reason };
      return asOperatorAsked(deletions.request(clipIds, by));
    },
  );

  for (const act of ['approve', 'refuse'] as const) {
    app.post(
      `/deletions/:requestId/${act}`,
      {
        config: { scope: 'approve' },
        schema: {
          operationId: `${act}Deletion`,
          summary:
            act === 'approve'
              ? 'Approve a deletion; not by whoever asked for it. The clips then go one by one'
              : 'Refuse a deletion',
          tags: ['retention'],
          params: Type.Object({ requestId: Identifier }),
          body: PersonAndReason,
          response: answers(DeletionRequestRecord, 'The request, decided'),
        },
      },
      (request) => {
        const { reason, person } = request.body;
        const by = { person: personOf(request, person), reason };
        return asOperatorAsked(deletions[act](request.params.requestId, by));
      },
    );
  }
  certificateRoutes(app, dependencies);
}

function certificateRoutes(app: HttpApp, { database, zone }: HttpDependencies): void {
  const find = async (clipId: string) => {
    const certificate = await readCertificate(database, clipId);
    if (certificate === null) throw new HttpProblem('not-found');
    return certificate;
  };

  app.get(
    '/deletions/:clipId/certificate',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readDeletionCertificate',
        summary: 'The certificate of deletion of a clip, as it stands in the custody log',
        tags: ['retention'],
        params: clipParams,
        response: answers(DeletionCertificate, 'The certificate'),
      },
    },
    ({ params: { clipId } }) => find(clipId),
  );

  app.get(
    '/deletions/:clipId/certificate.html',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readDeletionCertificatePage',
        summary: 'The certificate of deletion as a page to print',
        tags: ['retention'],
        params: clipParams,
        querystring: Type.Object({ lang: Type.Optional(oneOf(['zh-CN', 'en'])) }),
        response: byteAnswers({ 200: 'The page' }, 'text/html'),
      },
    },
    async ({ params: { clipId }, query: { lang = 'zh-CN' } }, reply) =>
      reply
        .header('content-security-policy', packetPolicy)
        .type('text/html; charset=utf-8')
        .send(renderCertificate(await find(clipId), { language: lang, zone })),
  );
}
