import { possiblePart } from '../time/span.ts';
import type { ClipFacts, Query } from './clip-facts.ts';
import type { RecordedSpan } from './recorded-span.ts';
import { type Holding, type Wearer, wearerOf } from './wearer.ts';

/** Who wore the recorder of each clip. */
export async function readWearers(
  query: Query,
  clips: readonly { clip: ClipFacts; recorded: RecordedSpan | null }[],
): Promise<Wearer[]> {
  const holdings = await readHoldings(query, [...new Set(clips.map(({ clip }) => clip.recorderId))]);
  const numbers = new Set<string>();
  for (const { clip } of clips) {
    if (clip.officerNumber !== null) numbers.add(clip.officerNumber.trim());
    for (const { officerNumber } of holdings.get(clip.recorderId) ?? []) numbers.add(officerNumber);
  }
  const officers = await readOfficers(query, [...numbers]);
  return clips.map(({ clip, recorded }) =>
    wearerOf({
      numberInClip: clip.officerNumber,
      holdings: holdings.get(clip.recorderId) ?? [],
      recorded: recorded === null ? null : possiblePart(recorded.span),
      officersOf: (number) => officers.get(number) ?? [],
    }),
  );
}

async function readHoldings(query: Query, recorderIds: readonly string[]): Promise<Map<string, Holding[]>> {
  const rows = await query(
    `SELECT recorder_id, at, act, officer_number, number_on_recorder FROM recorder_ledger
     WHERE recorder_id IN (SELECT value FROM json_each(?)) AND act IN ('issued', 'returned') ORDER BY sequence`,
    [JSON.stringify(recorderIds)],
  );
  const found = new Map<string, Holding[]>();
  for (const row of rows) {
    const recorderId = String(row.recorder_id);
    const holdings = found.get(recorderId) ?? [];
    found.set(recorderId, holdings);
    const atMs = Date.parse(String(row.at));
    const open = holdings.at(-1);
    if (row.act === 'issued') {
      const numberOnRecorder = typeof row.number_on_recorder === 'string' ? row.number_on_recorder : null;
      const toMs = Number.POSITIVE_INFINITY;
      holdings.push({ fromMs: atMs, toMs, officerNumber: String(row.officer_number), numberOnRecorder });
    } else if (open !== undefined) open.toMs = atMs;
  }
  return found;
}

/** Officers who stand in the book, by either of their numbers. */
async function readOfficers(query: Query, numbers: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await query(
    `SELECT value AS number, officer_id FROM json_each(?) JOIN officer ON certificate_number = value
       WHERE NOT is_withdrawn
     UNION SELECT value AS number, officer_id FROM json_each(?) JOIN officer ON officer_number = value
       WHERE NOT is_withdrawn`,
    [JSON.stringify(numbers), JSON.stringify(numbers)],
  );
  const found = new Map<string, string[]>();
  for (const row of rows) {
    const number = String(row.number);
    found.set(number, [...(found.get(number) ?? []), String(row.officer_id)]);
  }
  return found;
}
