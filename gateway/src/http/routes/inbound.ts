import { InboundAnswer, InboundRequest, inboundLimits } from '../../contract/index.ts';
import { receiveRecords } from '../../inbound/receive-records.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';

export function inboundRoutes(app: HttpApp, { database, caseWork }: HttpDependencies): void {
  app.post(
    '/inbound',
    {
      config: { scope: 'deliver' },
      bodyLimit: inboundLimits.bytes,
      schema: {
        operationId: 'deliverRecords',
        summary: 'Take units, officers, cases and activities from a case system',
        description:
          'Each record is read by itself: good ones are kept, bad ones are listed with what is wrong. The same delivery again changes nothing. What rests on a change is judged anew.',
        tags: ['inbound'],
        body: InboundRequest,
        response: answers(InboundAnswer, 'What came of each record'),
      },
    },
    async ({ body: { sender, records, dryRun = false }, caller }) => {
      const receivedFrom = caller.name ?? 'unknown';
      const answer = await receiveRecords(database, caseWork.book, {
        sender,
        records,
        receivedFrom,
        isDryRun: dryRun,
      });
      if (!dryRun) caseWork.reckoner.wake();
      return answer;
    },
  );
}
