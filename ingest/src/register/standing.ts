import type { SqlParameters, SqlRow } from '../index-store/connection.ts';
import type { RecorderBinding, RecorderStanding, RecorderState } from './register-record.ts';

/** Columns of the ledger lines that decide how a recorder stands; joined by `standingJoins`. */
export const standingColumns = `service.state AS service_state, binding.act AS binding_act, binding.at AS bound_at,
  binding.officer_number AS bound_number, binding.officer_name AS bound_name, binding.number_on_recorder AS bound_short`;

/** The last issue or return, and the last change of state. */
export const standingJoins = `
  LEFT JOIN recorder_ledger AS binding ON binding.sequence = (SELECT max(sequence) FROM recorder_ledger
    WHERE recorder_ledger.recorder_id = recorder.recorder_id AND act IN ('issued', 'returned'))
  LEFT JOIN recorder_ledger AS service ON service.sequence = (SELECT max(sequence) FROM recorder_ledger
    WHERE recorder_ledger.recorder_id = recorder.recorder_id AND act = 'state-changed')`;

/** How a recorder stands by the ledger, as the caller's transaction sees it; `null` where there is no such recorder. */
export async function readStanding(
  query: (sql: string, parameters: SqlParameters) => Promise<SqlRow[]>,
  recorderId: string,
): Promise<RecorderStanding | null> {
  const [row] = await query(
    `SELECT ${standingColumns} FROM recorder ${standingJoins} WHERE recorder.recorder_id = ?`,
    [recorderId],
  );
  return row === undefined ? null : toStanding(row);
}

export function toStanding(row: SqlRow): RecorderStanding {
  return {
    state: (row.service_state ?? 'in-service') as RecorderState,
    issuedTo: row.binding_act === 'issued' ? toBinding(row) : null,
  };
}

function toBinding(row: SqlRow): RecorderBinding {
  return {
    officerNumber: String(row.bound_number),
    officerName: String(row.bound_name),
    numberOnRecorder: typeof row.bound_short === 'string' ? row.bound_short : null,
    issuedAt: String(row.bound_at),
  };
}
