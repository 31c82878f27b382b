import { Type } from '@docket/device-protocol/schema';
import { codeText, readActivity, readCase, readTargetFacts } from '@docket/ingest';
import { codePicture } from '../../codes/index.ts';
import { CodeSheet, CodeSheetQuery, FactsId } from '../../contract/index.ts';
import { answers, byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { targetAnswer } from '../mapping-answer.ts';
import { HttpProblem } from '../problem.ts';

const mostOnSheet = 200;

export function codeRoutes(app: HttpApp, { database }: HttpDependencies): void {
  for (const kind of ['activity', 'case'] as const) {
    app.get(
      `/codes/${kind}/:id`,
      {
        config: { scope: 'read' },
        schema: {
          operationId: kind === 'activity' ? 'drawActivityCode' : 'drawCaseCode',
          summary: `The code of ${kind === 'activity' ? 'an activity' : 'a case'}, to be printed and shown to a recorder`,
          tags: ['mapping'],
          params: Type.Object({ id: FactsId }),
          response: byteAnswers({ 200: 'A QR code (ISO/IEC 18004), level Q' }, 'image/svg+xml'),
        },
      },
      async ({ params: { id } }, reply) => {
        const known = kind === 'activity' ? await readActivity(database, id) : await readCase(database, id);
        if (known === null || known.isWithdrawn) throw new HttpProblem('not-found');
        return reply.type('image/svg+xml; charset=utf-8').send(await codePicture({ kind, id }));
      },
    );
  }

  app.get(
    '/codes',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCodes',
        summary: 'Codes to print, with what stands beside them: of a case and its activities, or of a period',
        tags: ['mapping'],
        querystring: CodeSheetQuery,
        response: answers(CodeSheet, `The codes, first begun first; ${mostOnSheet} at most`),
      },
    },
    async ({ query: { caseId, from, to } }) => {
      const rows =
        caseId === undefined
          ? await database.read(
              `SELECT activity_id, case_id, step FROM activity WHERE NOT is_withdrawn AND started_ms >= ? AND started_ms < ?
               ORDER BY started_ms, activity_id LIMIT ?`,
              [milliseconds(from, 0), milliseconds(to, Number.MAX_SAFE_INTEGER), mostOnSheet],
            )
          : await database.read(
              `SELECT NULL AS activity_id, case_id, NULL AS step, NULL AS started_ms FROM enforcement_case
               WHERE case_id = ?1 AND NOT is_withdrawn
               UNION ALL SELECT activity_id, case_id, step, started_ms FROM activity WHERE case_id = ?1 AND NOT is_withdrawn
               ORDER BY activity_id IS NOT NULL, started_ms, activity_id LIMIT ?2`,
              [caseId, mostOnSheet],
            );
      const targets = rows.map((row) => ({
        caseId: String(row.case_id),
        activityId: row.activity_id === null ? null : String(row.activity_id),
        step: row.step as ReturnType<typeof targetAnswer>['step'],
      }));
      const facts = await readTargetFacts(database, targets);
      return {
        codes: targets.map((target) => {
          const content =
            target.activityId === null
              ? { kind: 'case' as const, id: target.caseId }
              : { kind: 'activity' as const, id: target.activityId };
          return { ...content, text: codeText(content), ...targetAnswer(target, facts) };
        }),
      };
    },
  );
}

function milliseconds(instant: string | undefined, otherwise: number): number {
  return instant === undefined ? otherwise : Date.parse(instant);
}
