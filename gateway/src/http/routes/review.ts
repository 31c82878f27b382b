import { Type } from '@docket/device-protocol/schema';
import type { KeptPacket, ReviewPacket as Packet } from '@docket/ingest';
import type { FastifyReply } from 'fastify';
import {
  CaseReview,
  FactsId,
  PacketQuery,
  PrintedPacketQuery,
  PublicationRequest,
  RecordFinding,
  ReviewPacket,
  SubmitForReview,
} from '../../contract/index.ts';
import { BrowserMissing, packetPolicy, printPdf, renderPacket } from '../../review-packet/index.ts';
import { answers, byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

const params = Type.Object({ caseId: FactsId });

/** Legal review of a case: its standing, packets and acts. */
export function reviewRoutes(app: HttpApp, { caseWork }: HttpDependencies): void {
  const { review, publication } = caseWork;

  const standingOf = async (caseId: string): Promise<CaseReview> => {
    const [open, standing] = await Promise.all([review.openQuestions(caseId), publication.standing(caseId)]);
    if (open === null || standing === null) throw new HttpProblem('not-found');
    const acts = await review.listActs(caseId);
    const packets = await review.listPackets(caseId);
    return { caseId, state: acts.at(-1)?.act ?? 'none', acts, packets, ...open, publication: standing };
  };

  app.get(
    '/cases/:caseId/review',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readCaseReview',
        summary: 'How legal review of a case stands, and whether its decision may be published',
        tags: ['review'],
        params,
        response: answers(CaseReview, 'The standing of the review'),
      },
    },
    ({ params: { caseId } }) => standingOf(caseId),
  );

  app.post(
    '/cases/:caseId/review/submission',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'submitForReview',
        summary: 'Lay a packet before legal review',
        tags: ['review'],
        params,
        body: SubmitForReview,
        response: answers(CaseReview, 'The standing of the review'),
      },
    },
    async (request) => {
      const { caseId } = request.params;
      const { packetSha256, reason, person } = request.body;
      await asOperatorAsked(review.submit(caseId, packetSha256, personOf(request, person), reason));
      return standingOf(caseId);
    },
  );

  app.post(
    '/cases/:caseId/review/finding',
    {
      config: { scope: 'approve' },
      schema: {
        operationId: 'recordReviewFinding',
        summary: 'Record what the reviewer found; not by whoever submitted the packet',
        tags: ['review'],
        params,
        body: RecordFinding,
        response: answers(CaseReview, 'The standing of the review'),
      },
    },
    async (request) => {
      const { caseId } = request.params;
      const { finding, packetSha256, opinion, reason, person } = request.body;
      const reviewer = personOf(request, person);
      await asOperatorAsked(
        review.find(caseId, { act: finding, packetSha256, person: reviewer, opinion, reason }),
      );
      return standingOf(caseId);
    },
  );

  for (const { act, operationId, summary, run } of [
    {
      act: 'publishable',
      operationId: 'markPublishable',
      summary:
        'Mark the decision of a case publishable; refused while its review is missing, failed or stale',
      run: (caseId: string, person: string, reason: string) =>
        publication.markPublishable(caseId, person, reason),
    },
    {
      act: 'correction',
      operationId: 'correctPublication',
      summary: 'Publish the decision as it stands now in place of what is public',
      run: (caseId: string, person: string, reason: string) => publication.correct(caseId, person, reason),
    },
    {
      act: 'withdrawal',
      operationId: 'withdrawPublication',
      summary: 'Take the decision of a case back from the public',
      run: (caseId: string, person: string, reason: string) => publication.withdraw(caseId, person, reason),
    },
  ]) {
    app.post(
      `/cases/:caseId/${act}`,
      {
        config: { scope: 'operate' },
        schema: {
          operationId,
          summary,
          tags: ['review'],
          params,
          body: PublicationRequest,
          response: answers(CaseReview, 'The standing of the review'),
        },
      },
      async (request) => {
        const { caseId } = request.params;
        const { person, reason } = request.body;
        await asOperatorAsked(run(caseId, personOf(request, person), reason));
        return standingOf(caseId);
      },
    );
  }
}

/** Packets as they are handed out: data, page and paper. Each new one is recorded with who asked for it. */
export function packetRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { caseWork, zone, pdfBrowser, log } = dependencies;

  const packetOf = async (
    caseId: string,
    query: { sha256?: string },
    person: () => string,
  ): Promise<KeptPacket> => {
    const { review } = caseWork;
    if (query.sha256 !== undefined) {
      const kept = await review.readPacket(caseId, query.sha256);
      if (kept === null) throw new HttpProblem('review-packet-unknown');
      return kept;
    }
    const made = await review.makePacket(caseId, person());
    if (made === null) throw new HttpProblem('not-found');
    return made;
  };

  const pageOf = ({ text, sha256 }: KeptPacket, language: 'zh-CN' | 'en', otherLanguageHref: string | null) =>
    renderPacket({ packet: JSON.parse(text) as Packet, sha256, language, zone, otherLanguageHref });

  app.get(
    '/cases/:caseId/review-packet',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readReviewPacket',
        summary: 'The review packet of a case, as canonical JSON',
        tags: ['review'],
        params,
        querystring: PacketQuery,
        response: answers(
          ReviewPacket,
          'The packet; docket-packet-sha256 in the header is the SHA-256 of these bytes',
        ),
      },
    },
    async (request, reply) => {
      const kept = await packetOf(request.params.caseId, request.query, () =>
        personOf(request, request.query.person),
      );
      // Bytes, not an object: what is hashed is what goes out.
      return named(reply, kept)
        .type('application/json; charset=utf-8')
        .send(Buffer.from(kept.text) as never);
    },
  );

  app.get(
    '/cases/:caseId/review-packet.html',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readReviewPacketPage',
        summary: 'The review packet as a page to print',
        tags: ['review'],
        params,
        querystring: PrintedPacketQuery,
        response: byteAnswers({ 200: 'The page' }, 'text/html'),
      },
    },
    async (request, reply) => {
      const { lang = 'zh-CN', person } = request.query;
      const kept = await packetOf(request.params.caseId, request.query, () => personOf(request, person));
      const other = `?sha256=${kept.sha256}&lang=${lang === 'en' ? 'zh-CN' : 'en'}`;
      return named(reply, kept)
        .header('content-security-policy', packetPolicy)
        .type('text/html; charset=utf-8')
        .send(pageOf(kept, lang, other));
    },
  );

  app.get(
    '/cases/:caseId/review-packet.pdf',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readReviewPacketPdf',
        summary: 'The review packet as PDF, printed by the Chromium of the dock',
        tags: ['review'],
        params,
        querystring: PrintedPacketQuery,
        response: byteAnswers({ 200: 'The PDF' }, 'application/pdf'),
      },
    },
    async (request, reply) => {
      const { lang = 'zh-CN', person } = request.query;
      const kept = await packetOf(request.params.caseId, request.query, () => personOf(request, person));
      const gone = new AbortController();
      const onClose = () => gone.abort();
      reply.raw.once('close', onClose);
      try {
        const pdf = await printPdf(pageOf(kept, lang, null), pdfBrowser, gone.signal);
        return named(reply, kept).type('application/pdf').send(pdf);
      } catch (error) {
        if (error instanceof BrowserMissing) throw new HttpProblem('pdf-browser-missing');
        log.error({ err: error, caseId: kept.caseId, packet: kept.sha256 }, 'printing failed');
        throw new HttpProblem('pdf-failed');
      } finally {
        reply.raw.off('close', onClose);
      }
    },
  );
}

/** Names the packet, in whatever form it goes out. */
function named(reply: FastifyReply, { sha256 }: KeptPacket): FastifyReply {
  return reply.header('docket-packet-sha256', sha256);
}
