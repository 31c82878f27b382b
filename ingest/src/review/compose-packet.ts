import type { CaseStep } from '../cases/case-terms.ts';
import { caseSteps } from '../cases/case-terms.ts';
import type { CoverageState, Judgement } from '../coverage/judgement.ts';
import { type DeadlineRecord, readDeadlines } from '../deadlines/deadline-queries.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { CaseFile, FiledClip } from './case-file.ts';
import { findQuestions } from './find-questions.ts';
import { type OpenQuestion, openQuestion, readinessOf } from './open-question.ts';
import { packetOperations } from './packet-operations.ts';
import type {
  PacketClip,
  PacketDutyList,
  PacketOfficer,
  PacketStep,
  ReviewContent,
} from './review-packet.ts';

/** What a packet tells of the case. Computed from the book, links, clips and judgements alone. */
export async function composeContent(
  index: IndexReader,
  file: CaseFile,
  now: string,
): Promise<ReviewContent> {
  const judged = new Map(file.judgements.map((judgement) => [judgement.activityId, judgement]));
  const deadlines = await readDeadlines(index, file.facts.caseId, now);
  const questions = [...(await findQuestions(index, file)), ...deadlines.flatMap(deadlineQuestion)];
  return {
    case: file.facts,
    isCaseWithdrawn: file.isWithdrawn,
    unitName: file.unit?.name ?? null,
    dutyLists: await dutyListsOf(index, file.judgements),
    steps: stepsOf(file, judged),
    activities: file.activities.map((facts) => ({ facts, judgement: judged.get(facts.activityId) ?? null })),
    footage: file.clips.map(packetClip),
    people: peopleOf(file),
    deadlines: deadlines.map(({ kind, activityId, dueAt, metAt, state }) => ({
      kind,
      activityId,
      dueAt,
      metAt,
      state,
    })),
    operations: await packetOperations(index, file),
    questions,
    readiness: readinessOf(questions),
  };
}

function deadlineQuestion({ kind, activityId, metAt, state }: DeadlineRecord): OpenQuestion[] {
  const isOverdue = state === 'missed' && metAt === null;
  return isOverdue ? [openQuestion('deadline-passed', { activityId, detail: kind })] : [];
}

async function dutyListsOf(index: IndexReader, judgements: readonly Judgement[]): Promise<PacketDutyList[]> {
  const used = new Map<string, PacketDutyList>();
  for (const { duty } of judgements) {
    if (duty === null) continue;
    const { departmentId, version, sha256 } = duty;
    const key = `${departmentId} ${version}`;
    if (used.has(key)) continue;
    const [row] = await index.read('SELECT name FROM duty_list WHERE department_id = ? AND version = ?', [
      departmentId,
      version,
    ]);
    used.set(key, { departmentId, version, sha256, name: row === undefined ? null : String(row.name) });
  }
  return [...used].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, list]) => list);
}

/** The steps that have activities, in the order of the law. */
function stepsOf({ activities }: CaseFile, judged: ReadonlyMap<string, Judgement>): PacketStep[] {
  return caseSteps.flatMap((step: CaseStep) => {
    const own = activities.filter((activity) => activity.step === step);
    if (own.length === 0) return [];
    const states: Partial<Record<CoverageState, number>> = {};
    let gapMs: number | null = null;
    for (const { activityId } of own) {
      const judgement = judged.get(activityId);
      if (judgement === undefined) continue;
      states[judgement.state] = (states[judgement.state] ?? 0) + 1;
      if (judgement.gapMs !== null) gapMs = (gapMs ?? 0) + judgement.gapMs;
    }
    return [{ step, states, activities: own.length, gapMs }];
  });
}

function packetClip({ record, links, wearerId, custody }: FiledClip): PacketClip {
  return {
    clipId: record.clipId,
    name: record.name,
    kind: record.kind,
    sizeBytes: record.sizeBytes,
    sha256: record.sha256,
    state: record.state,
    isMarked: record.marked,
    start: record.time?.start ?? null,
    end: record.time?.end ?? null,
    doubts: record.time?.doubts ?? [],
    recorderId: record.recorderId,
    recorderSerialNumber: record.recorderSerialNumber,
    wearerId,
    links: links.map(({ sequence, activityId, step, source, confidence, actor, at }) => ({
      sequence,
      activityId,
      step,
      source,
      confidence,
      actor,
      at,
    })),
    custody,
    receipts: record.receipts.map(({ target, sha256, storedAt, issuedBy }) => ({
      target,
      sha256,
      storedAt,
      issuedBy,
    })),
    quarantine: record.quarantine?.reason ?? null,
  };
}

/** Everybody who acted in the case or wore a recorder in it, with the warnings on their person. */
function peopleOf({ activities, judgements, officers, units, clips }: CaseFile): PacketOfficer[] {
  const acting = activities.flatMap(({ officerIds }) => officerIds);
  const wearing = clips.flatMap(({ wearerId }) => wearerId ?? []);
  return [...new Set([...acting, ...wearing])].sort().map((officerId) => {
    const facts = officers.get(officerId) ?? null;
    const concerns = judgements
      .flatMap(({ people }) => people)
      .filter((concern) => concern.officerId === officerId);
    const byCode = new Map(concerns.map((concern) => [concern.code, concern]));
    return {
      officerId,
      facts,
      unitName: facts === null ? null : (units.get(facts.unitId)?.name ?? null),
      activityIds: activities
        .filter(({ officerIds }) => officerIds.includes(officerId))
        .map(({ activityId }) => activityId),
      concerns: [...byCode.values()],
    };
  });
}
