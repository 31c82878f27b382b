import { Type } from '@docket/device-protocol/schema';
import { listClips } from '@docket/ingest';
import { Clip, ClipPage, ClipQuery, Identifier } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { clipAnswer } from '../clip-answer.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { findClip } from '../find-clip.ts';

export function clipRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/clips',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listClips',
        summary: 'Clips that fit a filter, newest first',
        tags: ['clips'],
        querystring: ClipQuery,
        response: answers(ClipPage, 'One page of clips'),
      },
    },
    async ({ query }) => {
      const { cursor, limit = 50, ...filter } = query;
      const before = decodeCursor('clips', cursor);
      const { clips, total, next } = await listClips(database, filter, { before, limit });
      return { clips: clips.map(clipAnswer), total, nextCursor: encodeCursor('clips', next) };
    },
  );

  app.get(
    '/clips/:clipId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readClip',
        summary: 'One clip',
        tags: ['clips'],
        params: Type.Object({ clipId: Identifier }),
        response: answers(Clip, 'The clip'),
      },
    },
    async ({ params }) => clipAnswer(await findClip(database, params.clipId)),
  );
}
