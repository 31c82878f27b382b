import {
  type ActivityFacts,
  type CaseCategory,
  type CaseFacts,
  type CaseStep,
  type Delivery,
  type FactsKind,
  normalCaseNumber,
  type OfficerFacts,
  type UnitFacts,
} from '@docket/ingest';
import type { Fault, Warning } from './fault.ts';
import { shown } from './fault.ts';
import { isRecordField } from './record-fields.ts';
import { isObject, RecordReader } from './record-reader.ts';
import {
  activityAliases,
  categoryAliases,
  issuerAliases,
  kindAliases,
  plainWord,
  riskAliases,
  secrecyAliases,
  stepAliases,
  termOf,
  usualStep,
  wideSteps,
} from './term-aliases.ts';

export interface ParseContext {
  sender: string;
  /** The category of a case, where it is known. */
  categoryOf(caseId: string): CaseCategory | null;
}

export interface ParsedRecord {
  kind: FactsKind | null;
  /** `<sender>/<id>`; `null` where there is none that could be read. */
  entityId: string | null;
  /** `null` where there are faults. */
  delivery: Delivery | null;
  faults: Fault[];
  warnings: Warning[];
}

const longestName = 200;
const longestNumber = 64;
const longestSaying = 1_000;
const mostDoubtMs = 3_600_000;
/** What a case number may have beside its 64 signs: spaces, in full width and out of it. */
const longestTypedNumber = 128;

/** Reads one record by itself: every fault of it is told, and nothing of another record matters. */
export function parseRecord(record: unknown, context: ParseContext): ParsedRecord {
  if (!isObject(record)) return refused([{ code: 'not-an-object', field: null, given: shown(record) }]);
  const reader = new RecordReader(record, context.sender);
  const word = reader.optionalText('kind', longestNumber);
  const kind = word === null ? null : termOf(kindAliases, word);
  if (kind === null) return refused([{ code: 'kind-unknown', field: 'kind', given: shown(record.kind) }]);
  const entityId = reader.id('id');
  const revision = reader.optionalText('revision', longestNumber);
  const isWithdrawn = reader.truth('withdrawn');
  const warnings = unknownFields(kind, record);
  const isBare = isWithdrawn && tellsNothing(kind, record);
  const facts = isBare ? null : factsOf[kind](reader, entityId, context);
  const { faults } = reader;
  const about = { kind, entityId: entityId === '' ? null : entityId, faults };
  if (faults.length > 0) return { ...about, delivery: null, warnings: [] };
  if (facts === null) {
    const withdrawal = { kind, entityId, facts, isWithdrawn: true } as const;
    return { ...about, delivery: { record: withdrawal, revision }, warnings };
  }
  if (kind === 'activity') warnings.push(...activityWarnings(facts as ActivityFacts));
  const typed = { kind, facts, isWithdrawn } as Delivery['record'];
  return { ...about, delivery: { record: typed, revision }, warnings };
}

const factsOf: Record<FactsKind, (reader: RecordReader, id: string, context: ParseContext) => Facts> = {
  unit: readUnit,
  officer: readOfficer,
  case: readCase,
  activity: readActivity,
};
type Facts = UnitFacts | OfficerFacts | CaseFacts | ActivityFacts;

function readUnit(reader: RecordReader, unitId: string): UnitFacts {
  const facts = {
    unitId,
    name: reader.text('name', longestName),
    code: reader.optionalText('code', longestNumber),
    departmentId: reader.text('departmentId', longestNumber),
    parentUnitId: reader.optionalReference('parentUnitId'),
  };
  if (facts.parentUnitId === facts.unitId) reader.refuse('parentUnitId', 'refers-to-itself', null);
  return facts;
}

function readOfficer(reader: RecordReader, officerId: string): OfficerFacts {
  const facts = {
    officerId,
    name: reader.text('name', longestNumber),
    unitId: reader.reference('unitId'),
    post: reader.optionalText('post', longestName),
    certificateNumber: reader.optionalText('certificateNumber', longestNumber),
    officerNumber: reader.optionalText('officerNumber', longestNumber),
    categories: reader.terms('categories', categoryAliases),
    area: reader.optionalText('area', longestName),
    validFrom: reader.optionalDay('validFrom'),
    validUntil: reader.optionalDay('validUntil'),
    issuer: reader.optionalTerm('issuer', issuerAliases),
  };
  inOrder(reader, facts.validFrom, 'validUntil', facts.validUntil);
  return facts;
}

function readCase(reader: RecordReader, caseId: string): CaseFacts {
  const number = reader.optionalText('number', longestTypedNumber);
  const openedOn = reader.day('openedOn');
  const closedOn = reader.optionalDay('closedOn');
  inOrder(reader, openedOn, 'closedOn', closedOn);
  return {
    caseId,
    number: number === null ? null : normalCaseNumber(number),
    name: reader.text('name', longestName),
    departmentId: reader.text('departmentId', longestNumber),
    unitId: reader.reference('unitId'),
    category: reader.term('category', categoryAliases, 'other-power'),
    matter: reader.optionalText('matter', longestName),
    isRandomInspection: reader.truth('isRandomInspection'),
    riskTriggers: reader.terms('riskTriggers', riskAliases),
    secrecy: reader.optionalTerm('secrecy', secrecyAliases) ?? 'none',
    openedOn,
    closedOn,
    retention: reader.optionalRetention('retention'),
    filedOn: reader.optionalDay('filedOn'),
    decision: readDecision(reader.group('decision'), openedOn),
  };
}

function readDecision(reader: RecordReader | null, openedOn: string): CaseFacts['decision'] {
  if (reader === null) return null;
  const number = reader.optionalText('number', longestTypedNumber);
  const decision = {
    number: number === null ? null : normalCaseNumber(number),
    decidedOn: reader.day('decidedOn'),
    isMajor: reader.optionalTruth('isMajor'),
    result: reader.optionalText('result', longestSaying),
    revokedOn: reader.optionalDay('revokedOn'),
  };
  inOrder(reader, openedOn, 'decidedOn', decision.decidedOn);
  inOrder(reader, decision.decidedOn, 'revokedOn', decision.revokedOn);
  return decision;
}

function readActivity(reader: RecordReader, activityId: string, context: ParseContext): ActivityFacts {
  const caseId = reader.reference('caseId');
  const kind = reader.term('activity', activityAliases, 'other');
  const startedAt = reader.optionalInstant('startedAt');
  const endedAt = reader.optionalInstant('endedAt');
  inOrder(reader, startedAt, 'endedAt', endedAt);
  return {
    activityId,
    caseId,
    kind,
    step: readStep(reader, kind, context.categoryOf(caseId)),
    place: reader.optionalText('place', longestName),
    area: reader.optionalText('area', longestName),
    officerIds: reader.references('officerIds'),
    startedAt,
    endedAt,
    timeDoubtMs: reader.wholeNumber('timeDoubtMs', { from: 0, to: mostDoubtMs, otherwise: 0 }),
    isRandomInspection: reader.optionalTruth('isRandomInspection') ?? kind === 'random-inspection',
    riskTriggers: reader.terms('riskTriggers', riskAliases),
    isWholeProcess: reader.truth('isWholeProcess'),
  };
}

/** The step named; where the word is a wide one, what category and activity make of it; left out, the activity's usual one. */
function readStep(
  reader: RecordReader,
  kind: ActivityFacts['kind'],
  category: CaseCategory | null,
): CaseStep {
  const word = reader.optionalText('step', longestNumber);
  const usual = usualStep[kind];
  if (word === null) return usual ?? reader.refuse('step', 'missing', 'investigation');
  const wide = wideSteps[plainWord(word)];
  if (wide === undefined) return reader.term('step', stepAliases, 'investigation');
  if (usual !== undefined && wide.includes(usual)) return usual;
  const begins = category === 'license' ? 'acceptance' : 'filing';
  if (category !== null && wide.includes(begins)) return begins;
  return reader.refuse('step', 'term-ambiguous', 'investigation');
}

/** Notes that something ends before it begins; both are days, or both instants, and sort as text. */
function inOrder(reader: RecordReader, first: string | null, field: string, second: string | null): void {
  if (first !== null && second !== null && first !== '' && second !== '' && second < first) {
    reader.refuse(field, 'end-before-start', null);
  }
}

const standingFields = ['kind', 'id', 'revision', 'withdrawn'];

function unknownFields(kind: FactsKind, record: Record<string, unknown>): Warning[] {
  const known = (path: string) => standingFields.includes(path) || isRecordField(kind, path);
  const paths = Object.entries(record).flatMap(([field, value]) =>
    isObject(value) && field === 'decision'
      ? Object.keys(value).map((inner) => `${field}.${inner}`)
      : [field],
  );
  const unknown = paths.filter((path) => !known(path) && !(path === 'decision' && kind === 'case'));
  return unknown
    .slice(0, 20)
    .map((path) => ({ code: 'field-unknown', field: shown(path), given: null }) as const);
}

/** A withdrawal may name no more than what is taken back. */
function tellsNothing(kind: FactsKind, record: Record<string, unknown>): boolean {
  return Object.entries(record).every(
    ([field, value]) =>
      standingFields.includes(field) ||
      value === null ||
      value === '' ||
      !(isRecordField(kind, field) || field === 'decision'),
  );
}

function activityWarnings({ officerIds, startedAt, endedAt }: ActivityFacts): Warning[] {
  const warnings: Warning[] = [];
  if (officerIds.length === 0) warnings.push({ code: 'no-officer', field: 'officerIds', given: null });
  if (startedAt === null || endedAt === null) {
    warnings.push({ code: 'no-times', field: startedAt === null ? 'startedAt' : 'endedAt', given: null });
  }
  return warnings;
}

function refused(faults: Fault[]): ParsedRecord {
  return { kind: null, entityId: null, delivery: null, faults, warnings: [] };
}
