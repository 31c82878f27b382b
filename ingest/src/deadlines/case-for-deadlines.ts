import type { ActivityFacts, CaseFacts } from '../cases/case-record.ts';
import type { Judgement } from '../coverage/judgement.ts';
import type { DutyListContent } from '../duties/duty-list.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { startOfDay } from './calendar-day.ts';
import type { DeadlineKind } from './deadline.ts';
import type {
  ActivityForDeadlines,
  CaseForDeadlines,
  DeadlineStatement,
  FootageOfActivity,
} from './deadlines-of.ts';

/** Reads what the deadlines of a case rest on; `null` where there is no such case, or its sender took it back. */
export async function readCaseForDeadlines(
  index: IndexReader,
  caseId: string,
  zone: string,
): Promise<CaseForDeadlines | null> {
  const [row] = await index.read(
    'SELECT facts FROM enforcement_case WHERE case_id = ? AND is_withdrawn = 0',
    [caseId],
  );
  if (row === undefined) return null;
  const facts = JSON.parse(String(row.facts)) as CaseFacts;
  return {
    facts,
    activities: await readActivities(index, caseId),
    publishing: await readPublishing(index, facts),
    ...(await readPublished(index, facts, zone)),
    statements: await readStatements(index, caseId),
  };
}

async function readActivities(index: IndexReader, caseId: string): Promise<ActivityForDeadlines[]> {
  const rows = await index.read(
    `SELECT activity.activity_id, activity.facts, judgement.judgement FROM activity
     LEFT JOIN judgement USING (activity_id) WHERE activity.case_id = ? AND activity.is_withdrawn = 0`,
    [caseId],
  );
  const footage = await readFootage(
    index,
    rows.map((row) => String(row.activity_id)),
  );
  return rows.map((row) => ({
    facts: JSON.parse(String(row.facts)) as ActivityFacts,
    mustBeRecorded: wantsRecording(row),
    footage: footage.get(String(row.activity_id)) ?? [],
  }));
}

const recordedLevels = new Set(['required', 'whole-process', 'whole-process-if-necessary']);

/** As last judged: the list wants footage of it, and nobody is exempt. */
function wantsRecording({ judgement: text }: SqlRow): boolean {
  if (typeof text !== 'string') return false;
  const { level, state } = JSON.parse(text) as Judgement;
  return level !== null && recordedLevels.has(level) && state !== 'exempt';
}

async function readFootage(
  index: IndexReader,
  activityIds: readonly string[],
): Promise<Map<string, FootageOfActivity[]>> {
  const rows = await index.read(
    `SELECT clip_link.activity_id,
       (SELECT min(at) FROM custody_entry WHERE clip_id = clip_link.clip_id AND action = 'sealed') AS sealed_at,
       (SELECT min(stored_at) FROM receipt WHERE receipt.clip_id = clip_link.clip_id) AS receipted_at
     FROM clip_link WHERE clip_link.activity_id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(activityIds)],
  );
  const footage = new Map<string, FootageOfActivity[]>();
  for (const row of rows) {
    const activityId = String(row.activity_id);
    const one = { sealedAt: textOrNull(row.sealed_at), receiptedAt: textOrNull(row.receipted_at) };
    footage.set(activityId, [...(footage.get(activityId) ?? []), one]);
  }
  return footage;
}

/** What the list says that was in force on the day of the decision. */
async function readPublishing(
  index: IndexReader,
  { departmentId, decision }: CaseFacts,
): Promise<DutyListContent['publishing']> {
  if (decision === null) return [];
  const [row] = await index.read(
    `SELECT content FROM duty_list WHERE department_id = ? AND in_force_from <= ?
     ORDER BY version DESC LIMIT 1`,
    [departmentId, decision.decidedOn],
  );
  return row === undefined ? [] : (JSON.parse(String(row.content)) as DutyListContent).publishing;
}

/** When the decision became public and was taken back, where Docket itself told the public. */
async function readPublished(
  index: IndexReader,
  { caseId, decision }: CaseFacts,
  zone: string,
): Promise<Pick<CaseForDeadlines, 'publishedAt' | 'unpublishedAt'>> {
  const first = async (act: 'told' | 'withdrawn', day: string | null | undefined) => {
    if (day === null || day === undefined) return null;
    const [row] = await index.read(
      `SELECT min(delivered_at) AS at FROM disclosure_event JOIN disclosure_delivery
         ON disclosure_delivery.event_sequence = disclosure_event.sequence
       WHERE case_id = ? AND kind = 'decision' AND state = 'delivered' AND (act = 'withdrawn') = ? AND delivered_at >= ?`,
      [caseId, Number(act === 'withdrawn'), startOfDay(day, zone)],
    );
    return textOrNull(row?.at);
  };
  return {
    publishedAt: await first('told', decision?.decidedOn),
    unpublishedAt: await first('withdrawn', decision?.revokedOn),
  };
}

async function readStatements(index: IndexReader, caseId: string): Promise<DeadlineStatement[]> {
  const rows = await index.read(
    'SELECT kind, activity_id, done_at FROM deadline_statement WHERE case_id = ? ORDER BY sequence',
    [caseId],
  );
  return rows.map((row) => ({
    kind: row.kind as DeadlineKind,
    activityId: row.activity_id === '' ? null : String(row.activity_id),
    doneAt: textOrNull(row.done_at),
  }));
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
