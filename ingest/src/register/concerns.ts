import type { RecorderConcern } from '../docking/docking-record.ts';
import type { RecorderStanding } from './register-record.ts';

/** What must be shown of a recorder that claims this officer. A recorder that names no officer conflicts with nobody. */
export function concernsAbout(
  { state, issuedTo }: RecorderStanding,
  officerNumber: string | null,
): RecorderConcern[] {
  const concerns: RecorderConcern[] = [];
  if (issuedTo !== null && officerNumber !== null) {
    const expected = [issuedTo.numberOnRecorder ?? issuedTo.officerNumber, issuedTo.officerNumber];
    if (!expected.includes(officerNumber)) concerns.push('identity-conflict');
  }
  if (state !== 'in-service') concerns.push('out-of-service');
  return concerns;
}
