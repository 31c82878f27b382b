import { CaseWork } from '../../case-work.ts';
import type { ActivityFacts, CaseFacts, OfficerFacts } from '../../cases/case-record.ts';
import { openIndexWithDocking } from '../../testing/index-rows.ts';
import type { ClipTime } from '../../time/clip-time.ts';
import { readMappings } from '../clip-mapping.ts';

const day = '2026-08-04';
let named = 0;

/** An instant of the test day, by its time of day. */
export function at(time: string): string {
  return `${day}T${time}:00.000Z`;
}

/** A proven time, `± doubtMs` at both ends. */
export function bounded(from: string, to: string, doubtMs = 2_000): ClipTime {
  const instant = (time: string) => ({
    kind: 'bounded' as const,
    value: at(time),
    halfWidthMs: doubtMs,
    notBefore: new Date(Date.parse(at(time)) - doubtMs).toISOString(),
    notAfter: new Date(Date.parse(at(time)) + doubtMs).toISOString(),
  });
  return { start: instant(from), end: instant(to), sources: [], conflicts: [], doubts: [] };
}

export function officerFacts(officerId: string, change: Partial<OfficerFacts> = {}): OfficerFacts {
  return {
    officerId,
    name: '张三',
    unitId: 'unit',
    post: null,
    certificateNumber: null,
    officerNumber: officerId,
    categories: [],
    area: null,
    validFrom: null,
    validUntil: null,
    issuer: null,
    ...change,
  };
}

export function caseFacts(caseId: string): CaseFacts {
  return {
    caseId,
    number: null,
    name: caseId,
    departmentId: 'department',
    unitId: 'unit',
    category: 'inspection',
    matter: null,
    isRandomInspection: false,
    riskTriggers: [],
    secrecy: 'none',
    openedOn: day,
    closedOn: null,
    retention: null,
    filedOn: null,
    decision: null,
  };
}

export function activityFacts(
  activityId: string,
  from: string | null,
  to: string | null,
  change: Partial<ActivityFacts> = {},
): ActivityFacts {
  return {
    activityId,
    caseId: `case of ${activityId}`,
    kind: 'on-site-inspection',
    step: 'investigation',
    place: null,
    area: null,
    officerIds: ['000007'],
    startedAt: from === null ? null : at(from),
    endedAt: to === null ? null : at(to),
    timeDoubtMs: 0,
    isRandomInspection: false,
    riskTriggers: [],
    isWholeProcess: false,
    ...change,
  };
}

/** Case work over a real index, with one officer and ways to add what the test wants. */
export async function openCaseBench() {
  const index = await openIndexWithDocking();
  const { database, custody } = index;
  const errors: unknown[] = [];
  const caseWork = new CaseWork({ database, custody, onReckonError: (error) => void errors.push(error) });
  const told = (record: Parameters<typeof caseWork.book.receive>[1][number]['record']) =>
    caseWork.book.receive('sender', [{ record, revision: null }], 'system:sender');
  const settle = async () => {
    await caseWork.reckoner.settle(new AbortController().signal);
    if (errors.length > 0) throw errors[0];
  };
  await told({ kind: 'officer', facts: officerFacts('000007'), isWithdrawn: false });
  /** A stored clip with its time as the index has it, marked as sealing marks it. */
  const addClip = async (
    time: ClipTime | null,
    {
      name = `clip${++named}.mp4`,
      officerNumber = '000007' as string | null,
      kind = 'video' as const as 'video' | 'photo' | 'sidecar',
    } = {},
  ): Promise<string> => {
    const clipId = await index.addClip({ name, pathBytes: Buffer.from(name), kind, startedAt: null });
    await database.write(async (transaction) => {
      await transaction.run(
        "UPDATE clip SET state = 'sealed', officer_number = ?, time = ? WHERE clip_id = ?",
        [officerNumber, time === null ? null : JSON.stringify(time), clipId],
      );
      await transaction.run(
        "INSERT INTO reckoning_due (kind, id, marked) VALUES ('clip', ?, 1) ON CONFLICT DO UPDATE SET marked = marked + 1",
        [clipId],
      );
    });
    return clipId;
  };
  const addActivity = async (facts: ActivityFacts, isWithdrawn = false) => {
    await told({ kind: 'case', facts: caseFacts(facts.caseId), isWithdrawn: false });
    await told({ kind: 'activity', facts, isWithdrawn });
  };
  const mappingOf = async (clipId: string) =>
    (await readMappings((sql, parameters) => database.read(sql, parameters), [clipId])).get(clipId);
  return { ...index, caseWork, told, settle, addClip, addActivity, mappingOf };
}
