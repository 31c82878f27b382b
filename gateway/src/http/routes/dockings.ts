import { Type } from '@docket/device-protocol/schema';
import { listDockings, readDocking } from '@docket/ingest';
import { Docking, DockingPage, Identifier } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { pageQuery } from '../page-query.ts';
import { HttpProblem } from '../problem.ts';

export function dockingRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/dockings',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDockings',
        summary: 'Dockings, newest first',
        tags: ['dockings'],
        querystring: Type.Object({
          ...pageQuery,
          slot: Type.Optional(Type.String({ maxLength: 128 })),
          recorderId: Type.Optional(Identifier),
        }),
        response: answers(DockingPage, 'One page of dockings'),
      },
    },
    async ({ query }) => {
      const before = decodeCursor('dockings', query.cursor);
      const { cursor: _cursor, limit = 50, ...filter } = query;
      const { dockings, next } = await listDockings(database, { ...filter, before, limit });
      return { dockings, nextCursor: encodeCursor('dockings', next) };
    },
  );

  app.get(
    '/dockings/:dockingId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readDocking',
        summary: 'One docking',
        tags: ['dockings'],
        params: Type.Object({ dockingId: Identifier }),
        response: answers(Docking, 'The docking'),
      },
    },
    async ({ params }) => {
      const docking = await readDocking(database, params.dockingId);
      if (docking === null) throw new HttpProblem('not-found');
      return docking;
    },
  );
}
