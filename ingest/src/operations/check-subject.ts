import { caseSteps } from '../cases/case-terms.ts';
import { IngestError } from '../errors.ts';
import type { Transaction } from '../index-store/index-database.ts';
import type { OperationSubject } from './operation.ts';

/** The subject with what follows from it: an activity names its case and its step. Throws IngestError LINK_TARGET_UNKNOWN. */
export async function requireSubject(
  transaction: Transaction,
  { caseId, activityId, step }: OperationSubject,
): Promise<OperationSubject> {
  if (activityId !== null) {
    const [row] = await transaction.all(
      'SELECT case_id, step FROM activity WHERE activity_id = ? AND NOT is_withdrawn',
      [activityId],
    );
    if (row === undefined) throw unknown(`there is no activity ${activityId}`);
    if (caseId !== null && row.case_id !== caseId)
      throw unknown(`the activity ${activityId} is not of ${caseId}`);
    return {
      caseId: String(row.case_id),
      activityId,
      step: caseSteps.find((one) => one === row.step) ?? step,
    };
  }
  if (caseId === null) return { caseId, activityId, step };
  const known = await transaction.all(
    'SELECT 1 FROM enforcement_case WHERE case_id = ? AND NOT is_withdrawn',
    [caseId],
  );
  if (known.length === 0) throw unknown(`there is no case ${caseId}`);
  return { caseId, activityId, step };
}

/** Throws IngestError RECORDER_UNKNOWN, RECORDER_ANONYMOUS. */
export async function requireRecorder(transaction: Transaction, recorderId: string): Promise<void> {
  const [row] = await transaction.all('SELECT serial_number FROM recorder WHERE recorder_id = ?', [
    recorderId,
  ]);
  if (row === undefined) throw new IngestError('RECORDER_UNKNOWN', `there is no recorder ${recorderId}`);
  if (row.serial_number === null) {
    throw new IngestError('RECORDER_ANONYMOUS', 'a recorder that names no serial number is no one recorder');
  }
}

function unknown(message: string): IngestError {
  return new IngestError('LINK_TARGET_UNKNOWN', message);
}
