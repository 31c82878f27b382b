import type { CaseFactsRecord, FactsKind, Withdrawal } from '@docket/ingest';

export interface Reference {
  kind: FactsKind;
  id: string;
  field: string;
}

/** What a record names that is told of by another record. */
export function referencesOf(record: CaseFactsRecord | Withdrawal): Reference[] {
  if (record.facts === null) return [];
  switch (record.kind) {
    case 'unit': {
      const { parentUnitId } = record.facts;
      return parentUnitId === null ? [] : [{ kind: 'unit', id: parentUnitId, field: 'parentUnitId' }];
    }
    case 'officer':
    case 'case':
      return [{ kind: 'unit', id: record.facts.unitId, field: 'unitId' }];
    case 'activity': {
      const { caseId, officerIds } = record.facts;
      const officers = officerIds.map((id): Reference => ({ kind: 'officer', id, field: 'officerIds' }));
      return [{ kind: 'case', id: caseId, field: 'caseId' }, ...officers];
    }
  }
}
