import type { RegisteredRecorder } from '@docket/ingest';
import type { Recorder, RecorderQuery } from '../contract/index.ts';

const dayMs = 86_400_000;

/** A recorder as the API shows it. */
export function recorderAnswer(recorder: RegisteredRecorder): Recorder {
  return { ...recorder, clockFault: recorder.clockVerdict.state === 'fault' };
}

/** Whether a recorder is one that was asked for. */
export function fitsQuery(recorder: Recorder, query: RecorderQuery, nowMs: number): boolean {
  const { issuedTo, reading } = recorder;
  const battery = reading?.batteryPercent ?? null;
  const tests: boolean[] = [
    query.state === undefined || recorder.state === query.state,
    query.text === undefined || contains(searched(recorder), query.text),
    query.officer === undefined ||
      (issuedTo !== null && contains([issuedTo.officerNumber, issuedTo.officerName], query.officer)),
    query.batteryBelow === undefined || (battery !== null && battery < query.batteryBelow),
    query.clockFault === undefined || recorder.clockFault === query.clockFault,
    query.concern === undefined || recorder.concerns.length > 0 === query.concern,
    query.notSeenForDays === undefined ||
      (recorder.slot === null && nowMs - Date.parse(recorder.lastSeenAt) > query.notSeenForDays * dayMs),
  ];
  return tests.every(Boolean);
}

function searched({ serialNumber, vendor, model, officerNumber, issuedTo }: Recorder): (string | null)[] {
  const officer = [issuedTo?.officerNumber ?? null, issuedTo?.officerName ?? null];
  return [serialNumber, vendor, model, officerNumber, ...officer];
}

function contains(texts: readonly (string | null)[], part: string): boolean {
  const wanted = part.trim().toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(wanted) === true);
}
