import type { TSchema } from '@docket/device-protocol/schema';
import { Value } from '@docket/device-protocol/schema';
import type { CaseFacts, OfficerFacts } from '../cases/case-record.ts';
import { caseCategories } from '../cases/case-terms.ts';
import type { DutyItem, DutyListVersion } from '../duties/duty-list.ts';
import { IngestError } from '../errors.ts';
import type { StatisticsAnswer } from '../statistics/statistics-queries.ts';
import { holdsPersonalNumber } from './personal-number.ts';
import {
  type DisclosureKind,
  PublishedDecision,
  PublishedDutyList,
  type PublishedOfficer,
  PublishedOfficerList,
  type PublishedOfficerWithValidity,
  PublishedStatistics,
  publishedColumns,
} from './published-columns.ts';

/** Columns whose numbers are meant to be seen. */
const numberColumns: ReadonlySet<string> = new Set(['certificateNumber']);

/** 《音像记录事项清单》 in force, without who published it. */
export function projectDutyList({ departmentId, version, name, inForceFrom, content }: DutyListVersion) {
  return fitting(PublishedDutyList, {
    department: departmentId,
    version,
    name,
    inForceFrom,
    items: content.items.map(projectDutyItem),
  });
}

function projectDutyItem(item: DutyItem): unknown {
  const { timeLimit, retention } = item;
  return {
    number: item.number,
    categories: item.categories,
    matter: item.matter,
    steps: item.steps,
    activities: item.activities,
    place: item.place,
    mediaKinds: item.mediaKinds,
    recordedBy: item.recordedBy,
    startTrigger: item.startTrigger,
    endTrigger: item.endTrigger,
    content: item.content,
    recordClass: item.recordClass,
    timeLimit: timeLimit === null ? null : { count: timeLimit?.count, unit: timeLimit?.unit },
    retention: typeof retention === 'string' ? retention : { duration: retention?.duration },
    level: item.level,
    note: item.note,
  };
}

/** 《行政执法人员清单》 of a department: certified officers, in the order of their certificates. */
export function projectOfficerList(
  departmentId: string,
  officers: readonly { facts: OfficerFacts; unitName: string }[],
  showsValidity: boolean,
) {
  const rows = officers
    .filter(({ facts }) => facts.certificateNumber !== null)
    .map(({ facts, unitName }) => projectOfficer(facts, unitName, showsValidity))
    .sort((left, right) => (String(left.certificateNumber) < String(right.certificateNumber) ? -1 : 1));
  return fitting(PublishedOfficerList, { department: departmentId, officers: rows });
}

function projectOfficer(facts: OfficerFacts, unitName: string, showsValidity: boolean) {
  const columns: { [Column in keyof PublishedOfficer]: unknown } = {
    name: facts.name,
    unit: unitName,
    post: facts.post,
    certificateNumber: facts.certificateNumber,
    categories: facts.categories,
    area: facts.area,
  };
  const withValidity: { [Column in keyof PublishedOfficerWithValidity]: unknown } = {
    ...columns,
    validUntil: facts.validUntil,
  };
  return showsValidity ? withValidity : columns;
}

/** What is public of a decision. Throws IngestError DISCLOSURE_REFUSED where the case is secret or has none. */
export function projectDecision(facts: CaseFacts, unitName: string | null) {
  const { decision, secrecy } = facts;
  if (secrecy !== 'none') throw new IngestError('DISCLOSURE_REFUSED', 'the case is secret');
  if (decision === null) throw new IngestError('DISCLOSURE_REFUSED', 'the case has no decision');
  if (unitName === null) throw new IngestError('DISCLOSURE_REFUSED', 'the unit of the case is not known');
  return fitting(PublishedDecision, {
    number: decision.number,
    decidedOn: decision.decidedOn,
    unit: unitName,
    category: facts.category,
    matter: facts.matter,
    result: decision.result,
    isRandomInspection: facts.isRandomInspection,
  });
}

/** Counts of a period by category. What has no category, or one that is not known, is in none of them. */
export function projectStatistics({ from, to, groups }: StatisticsAnswer) {
  const rows = groups
    .filter(({ keys }) => caseCategories.some((category) => category === keys[0]?.key))
    .map(({ keys, denominator, parts }) => ({
      category: keys[0]?.key,
      expected: denominator,
      met: parts.met,
      late: parts.late,
      partial: parts.partial,
      missing: parts.missing,
      exempt: parts.exempt,
      unverifiable: parts.unverifiable,
    }));
  return fitting(PublishedStatistics, { from, to, rows });
}

/** The columns of `kind`, held to them once more just before they are kept to be sent. */
export function assertPublishable(kind: DisclosureKind, content: unknown): void {
  fitting(publishedColumns[kind], content);
}

/**
 * A new object of plain JSON that fits the closed schema, or nothing. Throws IngestError DISCLOSURE_REFUSED naming the
 * column and never its content.
 */
function fitting<Schema extends TSchema>(schema: Schema, given: unknown) {
  // What JSON writes is all there is: no prototype, no getter, no hidden key goes further.
  const content: unknown = JSON.parse(JSON.stringify(given));
  if (!Value.Check(schema, content)) {
    const [first] = Value.Errors(schema, content);
    throw new IngestError('DISCLOSURE_REFUSED', `the column ${first?.instancePath ?? ''} does not fit`);
  }
  const column = personalColumn(content, '');
  if (column !== null)
    throw new IngestError('DISCLOSURE_REFUSED', `the column ${column} holds a personal number`);
  return content;
}

function personalColumn(value: unknown, path: string): string | null {
  if (typeof value === 'string') return holdsPersonalNumber(value) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    const found = numberColumns.has(key) ? null : personalColumn(part, `${path}/${key}`);
    if (found !== null) return found;
  }
  return null;
}
