import { Type } from '@docket/device-protocol/schema';
import { IdentityRequest, IdentityWritten } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { HttpProblem } from '../problem.ts';

/** Writing an identity to a docked recorder. */
export function identityRoutes(app: HttpApp, { board, writeIdentity }: HttpDependencies): void {
  app.post(
    '/slots/:slot/identity',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'writeIdentity',
        summary: 'Write an identity to the recorder that stands idle in a slot, and read it back',
        description:
          'Only once all clips of the recorder are taken; answers `slot-busy` before that and `not-supported` where the recorder cannot.',
        tags: ['slots'],
        params: Type.Object({ slot: Type.String({ maxLength: 128 }) }),
        body: IdentityRequest,
        response: answers(IdentityWritten, 'What the recorder said of itself before and after'),
      },
    },
    async (request) => {
      const { slot } = request.params;
      const shown = board.read(slot);
      if (shown === null) throw new HttpProblem('not-found');
      if (shown.recorder === null) throw new HttpProblem('slot-empty');
      const { reason, ...parts } = request.body;
      const wanted = {
        serialNumber: parts.serialNumber ?? null,
        officerNumber: parts.officerNumber ?? null,
        officerName: parts.officerName ?? null,
        unitCode: parts.unitCode ?? null,
        unitName: parts.unitName ?? null,
      };
      if (Object.values(wanted).every((part) => part === null)) {
        throw new HttpProblem('request-invalid', 'nothing is given to write');
      }
      const operator = request.caller.name ?? 'unknown';
      return asOperatorAsked(writeIdentity(slot, wanted, { operator, reason }));
    },
  );
}
