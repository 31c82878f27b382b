import {
  type CaseBook,
  type CaseCategory,
  type Delivery,
  type DeliveryResult,
  type FactsKind,
  type IndexDatabase,
  readCases,
  readKnownIds,
} from '@docket/ingest';
import type { InboundAnswer, InboundOutcome, InboundResult } from '../contract/index.ts';
import { refuseDuplicates } from './duplicates.ts';
import type { Fault, Warning } from './fault.ts';
import { type ParsedRecord, parseRecord } from './parse-record.ts';
import { isObject, RecordReader } from './record-reader.ts';
import { referencesOf } from './references.ts';
import { remarkWords } from './remark-words.ts';
import { categoryAliases, kindAliases, termOf } from './term-aliases.ts';

/** One delivery of a case system. */
export interface InboundDelivery {
  sender: string;
  records: readonly unknown[];
  receivedFrom: string;
  isDryRun: boolean;
}

/** Reads every record by itself, keeps the good ones, and tells what came of each. */
export async function receiveRecords(
  database: IndexDatabase,
  book: CaseBook,
  { sender, records, receivedFrom, isDryRun }: InboundDelivery,
): Promise<InboundAnswer> {
  const categories = await categoriesOf(database, sender, records);
  const context = { sender, categoryOf: (caseId: string) => categories.get(caseId) ?? null };
  const parsed = refuseDuplicates(records.map((record) => parseRecord(record, context)));
  const good = parsed.filter(isGood);
  const unknown = await unknownReferences(database, good);
  const deliveries = good.map(({ delivery }) => delivery);
  const told = isDryRun
    ? await book.rehearse(deliveries)
    : await book.deliver(sender, deliveries, receivedFrom);
  const outcomes = new Map(good.map((record, position) => [record as ParsedRecord, told[position]]));
  const results = parsed.map((record, index) => {
    const result = outcomes.get(record);
    return resultOf(index, record, result, [
      ...record.warnings,
      ...(unknown.get(record) ?? []),
      ...warningsOf(record, result),
    ]);
  });
  return { dryRun: isDryRun, counts: countsOf(results), results };
}

type GoodRecord = ParsedRecord & { delivery: Delivery };

function isGood(record: ParsedRecord): record is GoodRecord {
  return record.delivery !== null;
}

/** Categories of the cases that activities of this delivery name: by the delivery itself, else by the book. */
async function categoriesOf(
  database: IndexDatabase,
  sender: string,
  records: readonly unknown[],
): Promise<Map<string, CaseCategory>> {
  const named = new Set<string>();
  const delivered = new Map<string, CaseCategory>();
  for (const record of records) {
    if (!isObject(record) || typeof record.kind !== 'string') continue;
    const reader = new RecordReader(record, sender);
    const kind = termOf(kindAliases, record.kind);
    if (kind === 'activity' && record.step !== undefined) named.add(reader.optionalReference('caseId') ?? '');
    if (kind !== 'case') continue;
    const category = reader.optionalTerm('category', categoryAliases);
    if (category !== null) delivered.set(reader.id('id'), category);
  }
  const known = await readCases(database, [...named]);
  return new Map([...[...known].map(([id, { facts }]) => [id, facts.category] as const), ...delivered]);
}

/** Warnings of records that name what has not come, neither before nor in this delivery. */
async function unknownReferences(
  database: IndexDatabase,
  records: readonly GoodRecord[],
): Promise<Map<ParsedRecord, Warning[]>> {
  const delivered = new Set(records.map(({ kind, entityId }) => `${kind} ${entityId}`));
  const references = records.flatMap((record) =>
    referencesOf(record.delivery.record).map((reference) => ({ record, ...reference })),
  );
  const missing = references.filter(({ kind, id }) => !delivered.has(`${kind} ${id}`));
  const known = new Map<FactsKind, Set<string>>();
  for (const kind of new Set(missing.map((reference) => reference.kind))) {
    const ids = missing.filter((reference) => reference.kind === kind).map(({ id }) => id);
    known.set(kind, await readKnownIds(database, kind, ids));
  }
  const warnings = new Map<ParsedRecord, Warning[]>();
  for (const { record, kind, id, field } of missing) {
    if (known.get(kind)?.has(id)) continue;
    const warning: Warning = { code: 'reference-unknown', field, given: id };
    warnings.set(record, [...(warnings.get(record) ?? []), warning]);
  }
  return warnings;
}

function warningsOf({ delivery }: ParsedRecord, result: DeliveryResult | undefined): Warning[] {
  const warnings: Warning[] = [];
  if (result?.isRevisionReused) {
    warnings.push({ code: 'revision-reused', field: 'revision', given: delivery?.revision ?? null });
  }
  if (result?.isUnknownWithdrawn) warnings.push({ code: 'withdrawn-unknown', field: 'id', given: null });
  return warnings;
}

function resultOf(
  index: number,
  { kind, entityId, faults }: ParsedRecord,
  result: DeliveryResult | undefined,
  warnings: readonly Warning[],
): InboundResult {
  const outcome: InboundOutcome = result?.outcome ?? 'refused';
  return { index, kind, id: entityId, outcome, faults: faults.map(inWords), warnings: warnings.map(inWords) };
}

function inWords<Remark extends Fault | Warning>(remark: Remark): Remark & { message: string } {
  const subject = remark.field === null ? 'the record' : remark.field;
  return { ...remark, message: `${subject} ${remarkWords[remark.code]}` };
}

function countsOf(results: readonly InboundResult[]): InboundAnswer['counts'] {
  const counts = { created: 0, changed: 0, unchanged: 0, stale: 0, refused: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}
