import type { CaseFacts } from '../cases/case-record.ts';
import type { ClipState } from '../clip/clip-states.ts';
import type { Judgement } from '../coverage/judgement.ts';
import type { DutyListContent } from '../duties/duty-list.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader, Transaction } from '../index-store/index-database.ts';
import type { LinkForRetention, RetentionFacts } from './retention-of.ts';

/** Reads inside a transaction, so that what is decided on it stands in the same moment. */
export function readerIn(transaction: Transaction): IndexReader {
  return { read: (sql, parameters) => transaction.all(sql, parameters) };
}

/** The facts of the clips that exist among those asked, by id. */
export async function readRetentionFacts(
  index: IndexReader,
  clipIds: readonly string[],
): Promise<Map<string, RetentionFacts>> {
  const asked = [JSON.stringify(clipIds)];
  const links = await readLinksForRetention(index, clipIds);
  const holds = grouped(await index.read(holdsOfClips, [...asked, ...asked]), (row) => String(row.hold_id));
  const rows = await index.read(
    `SELECT clip.clip_id, clip.state, clip.marked, clip.quarantine_reason, clip_mapping.state AS mapping,
       EXISTS (SELECT 1 FROM receipt WHERE receipt.clip_id = clip.clip_id AND receipt.sha256 = clip.sha256
         AND receipt.size_bytes = clip.size_bytes) AS receipted,
       (SELECT max(at) FROM custody_entry WHERE clip_id = clip.clip_id AND action = 'sealed') AS sealed_at,
       (SELECT max(at) FROM clip_link_entry WHERE clip_id = clip.clip_id AND act IN ('linked', 'unlinked')) AS linked_at
     FROM clip LEFT JOIN clip_mapping USING (clip_id) WHERE clip.clip_id IN (SELECT value FROM json_each(?))`,
    asked,
  );
  return new Map(
    rows.map((row) => {
      const clipId = String(row.clip_id);
      const facts: RetentionFacts = {
        clipId,
        state: row.state as ClipState,
        isMarked: row.marked === 1,
        isQuarantined: row.quarantine_reason !== null,
        isReceipted: row.receipted === 1,
        sealedAt: textOrNull(row.sealed_at),
        lastLinkedAt: textOrNull(row.linked_at),
        mapping: row.mapping as RetentionFacts['mapping'],
        links: links.get(clipId) ?? [],
        holdIds: holds.get(clipId) ?? [],
      };
      return [clipId, facts];
    }),
  );
}

/** Of a hold on a case, every clip that is or ever was linked to it. */
const holdsOfClips = `
  SELECT clip_id, hold_id FROM hold WHERE lifted_at IS NULL AND clip_id IN (SELECT value FROM json_each(?))
  UNION SELECT clip_link_entry.clip_id, hold_id FROM clip_link_entry JOIN hold USING (case_id)
  WHERE hold.lifted_at IS NULL AND clip_link_entry.clip_id IN (SELECT value FROM json_each(?)) ORDER BY hold_id`;

async function readLinksForRetention(
  index: IndexReader,
  clipIds: readonly string[],
): Promise<Map<string, LinkForRetention[]>> {
  const rows = await index.read(
    `SELECT clip_link.clip_id, clip_link.case_id, enforcement_case.facts, enforcement_case.is_withdrawn,
       judgement.judgement, activity.ended_ms
     FROM clip_link LEFT JOIN enforcement_case USING (case_id) LEFT JOIN judgement USING (activity_id)
       LEFT JOIN activity ON activity.activity_id = clip_link.activity_id
     WHERE clip_link.clip_id IN (SELECT value FROM json_each(?)) AND clip_link.case_id IS NOT NULL
     ORDER BY clip_link.sequence`,
    [JSON.stringify(clipIds)],
  );
  const lists = new DutyItems(index);
  const links = new Map<string, LinkForRetention[]>();
  for (const row of rows) {
    const clipId = String(row.clip_id);
    const link = { caseId: String(row.case_id), facts: caseFacts(row), duty: await lists.dutyOf(row) };
    links.set(clipId, [...(links.get(clipId) ?? []), link]);
  }
  return links;
}

function caseFacts({ facts, is_withdrawn }: SqlRow): CaseFacts | null {
  return typeof facts !== 'string' || is_withdrawn === 1 ? null : (JSON.parse(facts) as CaseFacts);
}

/** The items of duty lists, each version read once. */
class DutyItems {
  readonly #index: IndexReader;
  readonly #versions = new Map<string, DutyListContent | null>();

  constructor(index: IndexReader) {
    this.#index = index;
  }

  async dutyOf({ judgement: text, ended_ms }: SqlRow): Promise<LinkForRetention['duty']> {
    if (typeof text !== 'string') return null;
    const { duty } = JSON.parse(text) as Judgement;
    if (duty === null || duty.itemNumber === null) return null;
    const list = await this.#version(duty.departmentId, duty.version);
    const item = list?.items.find(({ number }) => number === duty.itemNumber);
    if (item === undefined) return null;
    const activityEndedAt = typeof ended_ms === 'number' ? new Date(ended_ms).toISOString() : null;
    return { itemNumber: item.number, retention: item.retention, activityEndedAt };
  }

  async #version(departmentId: string, version: number): Promise<DutyListContent | null> {
    const key = `${version} ${departmentId}`;
    const kept = this.#versions.get(key);
    if (kept !== undefined) return kept;
    const [row] = await this.#index.read(
      'SELECT content FROM duty_list WHERE department_id = ? AND version = ?',
      [departmentId, version],
    );
    const list = row === undefined ? null : (JSON.parse(String(row.content)) as DutyListContent);
    this.#versions.set(key, list);
    return list;
  }
}

function grouped(rows: readonly SqlRow[], value: (row: SqlRow) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const row of rows) {
    const clipId = String(row.clip_id);
    groups.set(clipId, [...(groups.get(clipId) ?? []), value(row)]);
  }
  return groups;
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
