import { clipsToDemand, type DemandedClips } from '@docket/ingest';
import { ArchiveDemanded, ArchiveDemandRequest, archiveDemandLimit } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

/** What the centre, or a person, wants archived next. */
export function archiveDemandRoutes(app: HttpApp, { archive: { archive, index } }: HttpDependencies): void {
  app.post(
    '/archive/demands',
    {
      config: { scope: ['operate', 'deliver'] },
      schema: {
        operationId: 'demandClips',
        summary: 'Have clips archived next, whatever their tier and window',
        tags: ['archive'],
        body: ArchiveDemandRequest,
        response: answers(ArchiveDemanded, 'How many of them still waited'),
      },
    },
    async (request) => {
      const ground = { person: personOf(request, request.body.person), reason: request.body.reason };
      const { clipIds, isComplete } = await clipsToDemand(index, demandOf(request.body), archiveDemandLimit);
      const demanded = await archive.forwarder.demand(clipIds, ground);
      return { waiting: clipIds.length, demanded, isComplete };
    },
  );
}

function demandOf({ clipIds, caseId, recorded }: ArchiveDemandRequest): DemandedClips {
  const wanted: DemandedClips[] = [];
  if (clipIds !== undefined) wanted.push({ clipIds });
  if (caseId !== undefined) wanted.push({ caseId });
  if (recorded !== undefined) {
    const { from, to, recorderId = null } = recorded;
    wanted.push({ fromMs: Date.parse(from), toMs: Date.parse(to), recorderId });
  }
  const [one] = wanted;
  if (one === undefined || wanted.length > 1)
    throw new HttpProblem('request-invalid', 'exactly one of clipIds, caseId and recorded');
  return one;
}
