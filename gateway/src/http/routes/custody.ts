import { Type } from '@docket/device-protocol/schema';
import { listCustody } from '@docket/ingest';
import { type CustodyPage, CustodyPage as CustodyPageSchema, Identifier } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeNumberCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { findClip } from '../find-clip.ts';
import { pageQuery } from '../page-query.ts';

interface CustodyQuery {
  cursor?: string;
  limit?: number;
  clipId?: string;
  dockingId?: string;
  recorderId?: string;
}

export function custodyRoutes(app: HttpApp, { database }: HttpDependencies): void {
  async function page({ cursor, limit = 50, ...filter }: CustodyQuery): Promise<CustodyPage> {
    const after = decodeNumberCursor('custody', cursor);
    const { entries, next } = await listCustody(database, { ...filter, after, limit });
    return { entries, nextCursor: encodeCursor('custody', next) };
  }

  app.get(
    '/custody',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCustody',
        summary: 'The custody log, from its first entry on',
        tags: ['custody'],
        querystring: Type.Object({
          ...pageQuery,
          dockingId: Type.Optional(Identifier),
          recorderId: Type.Optional(Identifier),
        }),
        response: answers(CustodyPageSchema, 'One page of the log'),
      },
    },
    ({ query }) => page(query),
  );

  app.get(
    '/clips/:clipId/custody',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listClipCustody',
        summary: 'Everything done with one clip',
        tags: ['custody'],
        params: Type.Object({ clipId: Identifier }),
        querystring: Type.Object(pageQuery),
        response: answers(CustodyPageSchema, 'One page of the log'),
      },
    },
    async ({ params, query }) => {
      const { clipId } = await findClip(database, params.clipId);
      return page({ ...query, clipId });
    },
  );
}
