import { listRecorders } from '@docket/ingest';
import { Type } from 'typebox';
import { Recorder } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';

export function recorderRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/recorders',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listRecorders',
        summary: 'Every recorder ever docked here, last seen first',
        tags: ['recorders'],
        response: answers(Type.Object({ recorders: Type.Array(Recorder) }), 'The recorders'),
      },
    },
    async () => ({ recorders: await listRecorders(database) }),
  );
}
