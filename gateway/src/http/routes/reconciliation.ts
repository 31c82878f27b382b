import { Type } from '@docket/device-protocol/schema';
import {
  type LiveMatch as DecidedMatch,
  type SessionReconciliation as Reconciled,
  readClipMatches,
  readSessionReconciliation,
} from '@docket/ingest';
import { ClipLiveMatches, Identifier, type LiveMatch, SessionReconciliation } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { findClip } from '../find-clip.ts';
import { HttpProblem } from '../problem.ts';

export function reconciliationRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/live/sessions/:sessionId/reconciliation',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readSessionReconciliation',
        summary: 'How a live session stands to the originals of its recorder',
        tags: ['live'],
        params: Type.Object({ sessionId: Identifier }),
        response: answers(SessionReconciliation, 'The verdicts that stand, and those of before'),
      },
    },
    async ({ params: { sessionId } }) => {
      const found = await readSessionReconciliation(database, sessionId);
      if (found === null) throw new HttpProblem('not-found');
      return {
        ...found,
        matches: found.matches.map(matchAnswer),
        history: found.history.map((entry) => ({ ...entry, matches: entry.matches.map(decidedAnswer) })),
      };
    },
  );

  app.get(
    '/clips/:clipId/live-matches',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readClipLiveMatches',
        summary: 'Verdicts on one clip, be it a live segment or an original',
        tags: ['live'],
        params: Type.Object({ clipId: Identifier }),
        response: answers(ClipLiveMatches, 'The verdicts'),
      },
    },
    async ({ params: { clipId } }) => {
      await findClip(database, clipId);
      return { clipId, matches: (await readClipMatches(database, clipId)).map(matchAnswer) };
    },
  );
}

function matchAnswer({ sessionId, clipId, decidedAt, ...match }: DecidedMatch): LiveMatch {
  return { sessionId, clipId, ...decidedAnswer(match), decidedAt };
}

function decidedAnswer({ fromMs, toMs, ...match }: Reconciled['history'][number]['matches'][number]) {
  return { ...match, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
