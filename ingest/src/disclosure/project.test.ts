/** Nothing but the published columns goes out, whatever stands in the facts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CaseFacts, OfficerFacts } from '../cases/case-record.ts';
import type { DutyListVersion } from '../duties/duty-list.ts';
import { changdaoZhzf } from '../duties/presets/changdao-zhzf.ts';
import { isIngestError } from '../errors.ts';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { holdsPersonalNumber } from './personal-number.ts';
import { projectDecision, projectDutyList, projectOfficerList } from './project.ts';

const secret = 'SECRET-DO-NOT-TELL';
const officer: OfficerFacts = {
  officerId: 'oa/p1',
  name: '张三',
  unitId: 'oa/u',
  post: '执法员',
  certificateNumber: '37060001',
  officerNumber: '101',
  categories: ['penalty'],
  area: '城区',
  validFrom: '2024-01-01',
  validUntil: '2029-01-01',
  issuer: 'provincial',
};
const enforcementCase: CaseFacts = {
  caseId: 'oa/1',
  number: '示立〔2026〕1号',
  name: `${secret} 案`,
  departmentId: 'demo',
  unitId: 'oa/u',
  category: 'penalty',
  matter: '占道经营',
  isRandomInspection: true,
  riskTriggers: [],
  secrecy: 'none',
  openedOn: '2026-08-04',
  closedOn: null,
  retention: null,
  filedOn: null,
  decision: {
    number: '示罚〔2026〕1号',
    decidedOn: '2026-08-05',
    isMajor: true,
    result: '罚款',
    revokedOn: null,
  },
};
const list: DutyListVersion = {
  departmentId: 'demo',
  version: 1,
  name: changdaoZhzf.name,
  inForceFrom: '2026-01-01',
  publishedAt: '2026-01-01T00:00:00.000Z',
  publishedBy: secret,
  reason: secret,
  sha256: secret,
  content: changdaoZhzf.content,
};

/** Values an attacker, or a careless case system, may put anywhere. */
const hostileValue = fc.oneof(
  fc.constant(secret),
  fc.constant({ toJSON: secret, name: secret }),
  fc.constant([secret]),
  fc.constant(null),
  fc.constant(1),
  fc.dictionary(fc.string(), fc.constant(secret)),
);
const hostileKey = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toJSON',
    'phone',
    'idNumber',
    'media',
    'clips',
    'validUntil',
  ),
  fc.string(),
);

/** Every object in `value` gets keys it should not have, as parsed JSON may bring them; one field is replaced. */
function spoiled<Value>(value: Value, key: string, put: unknown): Value {
  const grown = JSON.parse(JSON.stringify(value), (name, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part) || name === 'retention') return part;
    if (key in (part as object) && key !== '__proto__') return part;
    Object.defineProperty(part, key, { value: put, enumerable: true, configurable: true, writable: true });
    return part;
  }) as Value;
  return grown;
}

/** The keys of all objects in a value. */
function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(keysIn)];
}

const officerColumns = ['name', 'unit', 'post', 'certificateNumber', 'categories', 'area'];
const decisionColumns = ['number', 'decidedOn', 'unit', 'category', 'matter', 'result', 'isRandomInspection'];

test('of officers only the published columns come out, whatever else the facts hold', () => {
  fc.assert(
    fc.property(hostileKey, hostileValue, fc.boolean(), (key, put, showsValidity) => {
      const facts = spoiled(officer, key, put);
      const told = projectOfficerList('demo', [{ facts, unitName: '一大队' }], showsValidity) as {
        officers: object[];
      };
      const columns = showsValidity ? [...officerColumns, 'validUntil'] : officerColumns;
      expect(Object.keys(told.officers[0] ?? {}).sort()).toEqual([...columns].sort());
      expect(JSON.stringify(told)).not.toContain(secret);
      expect(JSON.stringify(told)).not.toContain('oa/p1');
    }),
    { numRuns: fuzzRuns(300) },
  );
});

test('of a decision only the published columns come out: not the name of the case, nor any id', () => {
  fc.assert(
    fc.property(hostileKey, hostileValue, (key, put) => {
      const told = projectDecision(spoiled(enforcementCase, key, put), '一大队');
      expect(keysIn(told).sort()).toEqual([...decisionColumns].sort());
      expect(JSON.stringify(told)).not.toContain(secret);
      expect(JSON.stringify(told)).not.toContain('oa/');
    }),
    { numRuns: fuzzRuns(300) },
  );
});

test('of a duty list neither the person who published it nor an unknown column comes out', () => {
  fc.assert(
    fc.property(hostileKey, hostileValue, (key, put) => {
      const told = projectDutyList(spoiled(list, key, put));
      expect(JSON.stringify(told)).not.toContain(secret);
      expect(keysIn(told)).not.toContain('publishedBy');
    }),
    { numRuns: fuzzRuns(40) },
  );
});

test('a column with something else in it than its kind is refused whole, and the refusal does not repeat it', () => {
  const columns = ['name', 'post', 'certificateNumber', 'categories', 'area'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...columns),
      fc.constantFrom<unknown>({ secret }, [{ secret }], 7, true, `\u0000${secret}`),
      (column, put) => {
        const facts = { ...officer, [column]: put } as OfficerFacts;
        const refusal = (() => {
          try {
            projectOfficerList('demo', [{ facts, unitName: '一大队' }], false);
          } catch (error) {
            return error;
          }
          return null;
        })();
        expect(isIngestError(refusal, 'DISCLOSURE_REFUSED')).toBe(true);
        expect(String(refusal)).not.toContain(secret);
      },
    ),
  );
});

test('what is secret never goes out, nor what holds the number of a person', () => {
  for (const secrecy of ['state-secret', 'trade-secret', 'privacy'] as const)
    expect(() => projectDecision({ ...enforcementCase, secrecy }, '一大队')).toThrow('secret');
  for (const result of [
    '罚款，联系电话13800138000',
    '当事人身份证11010519491231002X',
    '１３８ ００１３ ８０００',
  ]) {
    const decision = { ...enforcementCase.decision, result } as CaseFacts['decision'];
    expect(() => projectDecision({ ...enforcementCase, decision }, '一大队')).toThrow('/result');
  }
});

test('numbers that only look like a person’s are let through', () => {
  // The second has a wrong check character; the third is a unified social credit code.
  for (const text of ['罚款20000元', '110105194912310021', '91350100M000100Y43', '示罚〔2026〕12345678901号'])
    expect(holdsPersonalNumber(text)).toBe(false);
});
