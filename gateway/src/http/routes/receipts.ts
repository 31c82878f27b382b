import { Type } from '@docket/device-protocol/schema';
import { ArchiveTargetName, Identifier } from '../../contract/index.ts';
import { byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { findClip } from '../find-clip.ts';
import { attachment } from '../media/content-disposition.ts';
import { HttpProblem } from '../problem.ts';

/** Receipts as they were signed, for whoever checks them without us. */
export function receiptRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/clips/:clipId/receipts/:target',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readClipReceipt',
        summary: 'The receipt of a clip, byte for byte as it was signed (C2SP signed note)',
        tags: ['archive'],
        params: Type.Object({ clipId: Identifier, target: ArchiveTargetName }),
        response: byteAnswers({ 200: 'The signed note' }, 'text/plain'),
      },
    },
    async ({ params: { clipId, target } }, reply) => {
      await findClip(database, clipId);
      const [row] = await database.read('SELECT body FROM receipt WHERE clip_id = ? AND target = ?', [
        clipId,
        target,
      ]);
      if (row === undefined) throw new HttpProblem('not-found');
      return reply
        .type('text/plain; charset=utf-8')
        .header('content-disposition', attachment(`${clipId}-${target}`, 'note'))
        .send(String(row.body));
    },
  );
}
