import { Type } from '@docket/device-protocol/schema';
import { Slot } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { HttpProblem } from '../problem.ts';

export function slotRoutes(app: HttpApp, { board }: HttpDependencies): void {
  app.get(
    '/slots',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listSlots',
        summary: 'Every slot, as it stands now',
        tags: ['slots'],
        response: answers(Type.Object({ slots: Type.Array(Slot) }), 'The slots, in the order of their ports'),
      },
    },
    () => ({ slots: board.list() }),
  );

  app.get(
    '/slots/:slot',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readSlot',
        summary: 'One slot',
        tags: ['slots'],
        params: Type.Object({ slot: Type.String({ maxLength: 128 }) }),
        response: answers(Slot, 'The slot'),
      },
    },
    (request) => {
      const slot = board.read(request.params.slot);
      if (slot === null) throw new HttpProblem('not-found');
      return slot;
    },
  );
}
