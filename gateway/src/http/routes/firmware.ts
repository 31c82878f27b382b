import { RollOutList } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';

export function firmwareRoutes(app: HttpApp, { rollOuts }: HttpDependencies): void {
  app.get(
    '/firmware/roll-outs',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listRollOuts',
        summary: 'Firmware roll-outs, and how far each recorder has come with them',
        tags: ['firmware'],
        response: answers(RollOutList, 'The roll-outs'),
      },
    },
    async () => ({ rollOuts: await rollOuts() }),
  );
}
