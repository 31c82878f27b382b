import { Type } from '@docket/device-protocol/schema';
import { type ClockHistoryRecord, readClockHistory } from '@docket/ingest';
import { ClockHistory, type ClockHistoryEntry, Identifier } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { HttpProblem } from '../problem.ts';

export function clockRoutes(app: HttpApp, { database, clockLimits }: HttpDependencies): void {
  app.get(
    '/recorders/:recorderId/clock',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readClockHistory',
        summary: 'The clock of a recorder at each of its dockings, oldest first',
        description: 'The latest dockings, as many as asked for.',
        tags: ['recorders'],
        params: Type.Object({ recorderId: Identifier }),
        querystring: Type.Object({
          latest: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
        }),
        response: answers(ClockHistory, 'The history'),
      },
    },
    async ({ params: { recorderId }, query: { latest = 200 } }) => {
      const [known] = await database.read('SELECT 1 FROM recorder WHERE recorder_id = ?', [recorderId]);
      if (known === undefined) throw new HttpProblem('not-found');
      const history = await readClockHistory(database, recorderId, { latest });
      return { recorderId, limits: clockLimits, entries: history.map(clockEntryAnswer) };
    },
  );
}

/** An entry as the API shows it: what was measured, without each single reading. */
function clockEntryAnswer(record: ClockHistoryRecord): ClockHistoryEntry {
  const { dockingId, slot, at, host, found, setting, afterSet, drift, verdict } = record;
  return {
    dockingId,
    slot,
    at,
    host,
    found,
    setting:
      setting === null
        ? null
        : {
            outcome: setting.outcome,
            at: new Date(setting.hostAfterMs).toISOString(),
            deviceText: setting.deviceText,
          },
    afterSet,
    drift,
    verdict,
  };
}
