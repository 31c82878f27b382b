import {
  type IndexReader,
  type OperationFile as OperationFileRecord,
  type Operation as OperationRecord,
  readOfficers,
  readTargetFacts,
} from '@docket/ingest';
import type { Operation, OperationFile } from '../contract/index.ts';

/** Operations in the words people know cases and officers by. */
export async function operationAnswers(
  index: IndexReader,
  operations: readonly OperationRecord[],
): Promise<Operation[]> {
  const facts = await readTargetFacts(index, operations);
  const names = await officerNames(
    index,
    operations.flatMap(({ officerIds }) => officerIds),
  );
  return operations.map(({ officerIds, ...operation }) => {
    const { caseId, activityId, step } = operation;
    const ofCase = caseId === null ? null : facts.caseOf({ caseId, activityId, step });
    return {
      ...operation,
      caseNumber: ofCase?.number ?? null,
      caseName: ofCase?.name ?? null,
      officers: officerIds.map((officerId) => ({ officerId, name: names.get(officerId) ?? null })),
    };
  });
}

export async function operationAnswer(index: IndexReader, operation: OperationRecord): Promise<Operation> {
  const [answer] = await operationAnswers(index, [operation]);
  return answer as Operation;
}

export async function operationFileAnswer(
  index: IndexReader,
  { operation, parts, bookmarks }: OperationFileRecord,
): Promise<OperationFile> {
  const serialNumbers = await readSerialNumbers(
    index,
    parts.map(({ recorderId }) => recorderId),
  );
  const names = await officerNames(
    index,
    parts.flatMap(({ officerId }) => officerId ?? []),
  );
  return {
    operation: await operationAnswer(index, operation),
    parts: parts.map(({ recorderId, officerId, joinedAt, leftAt }) => ({
      recorderId,
      recorderSerialNumber: serialNumbers.get(recorderId) ?? null,
      officerId,
      officerName: officerId === null ? null : (names.get(officerId) ?? null),
      joinedAt,
      leftAt,
    })),
    bookmarks,
  };
}

/** What recorders call themselves, by id. */
export async function readSerialNumbers(
  index: IndexReader,
  recorderIds: readonly string[],
): Promise<Map<string, string | null>> {
  const rows = await index.read(
    'SELECT recorder_id, serial_number FROM recorder WHERE recorder_id IN (SELECT value FROM json_each(?))',
    [JSON.stringify([...new Set(recorderIds)])],
  );
  return new Map(
    rows.map((row) => [
      String(row.recorder_id),
      row.serial_number === null ? null : String(row.serial_number),
    ]),
  );
}

async function officerNames(index: IndexReader, officerIds: readonly string[]): Promise<Map<string, string>> {
  const officers = await readOfficers(index, [...new Set(officerIds)]);
  return new Map([...officers].map(([officerId, { facts }]) => [officerId, facts.name]));
}
