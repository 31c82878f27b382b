import { Type } from '@docket/device-protocol/schema';
import { ResumeRequest, RollOutList } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { HttpProblem } from '../problem.ts';

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
    async () => ({ rollOuts: await rollOuts.list() }),
  );

  app.post(
    '/firmware/roll-outs/:imageHash/resume',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'resumeRollOut',
        summary: 'Let a stopped roll-out go on; recorders that failed try again',
        tags: ['firmware'],
        params: Type.Object({ imageHash: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
        body: ResumeRequest,
        response: answers(RollOutList, 'The roll-outs'),
      },
    },
    async ({ params, body, caller }) => {
      const ground = { operator: caller.name ?? 'unknown', reason: body.reason };
      if (!(await rollOuts.resume(params.imageHash, ground))) throw new HttpProblem('not-found');
      return { rollOuts: await rollOuts.list() };
    },
  );
}
