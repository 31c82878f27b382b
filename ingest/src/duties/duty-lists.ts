import { createHash } from 'node:crypto';
import { wallClockInZone } from '@docket/device-protocol';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { checkDutyList } from './check-duty-list.ts';
import type { DutyListContent, DutyListVersion } from './duty-list.ts';
import { dutyListPresets } from './presets/duty-list-presets.ts';

/** A list to be published. */
export interface NewDutyList {
  name: string;
  /** Day `yyyy-mm-dd`, in the zone of the dock; may lie in the past. */
  inForceFrom: string;
  content: DutyListContent;
  reason: string;
}

const columns =
  'department_id, version, name, in_force_from, published_at, published_by, reason, content, sha256';

/**
 * The duty lists of all departments, every version of them. Publishing is one transaction with its custody entry, and
 * marks what the new version judges to be reckoned anew; no version is ever changed.
 */
export class DutyLists {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #zone: string;
  /** Versions of a department, newest first, as they stand since the last publishing. */
  readonly #known = new Map<string, Promise<DutyListVersion[]>>();

  /** `zone`: the IANA zone in which days begin. */
  constructor(database: IndexDatabase, custody: CustodyLog, zone = 'Asia/Shanghai') {
    this.#database = database;
    this.#custody = custody;
    this.#zone = zone;
  }

  /** Publishes the next version. Throws IngestError DUTY_LIST_INVALID, DUTY_LIST_UNCHANGED. */
  async publish(departmentId: string, list: NewDutyList, person: string): Promise<DutyListVersion> {
    checkDutyList(list.content);
    const content = canonicalJson(list.content as unknown as JsonValue);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return this.#database.write(async (transaction) => {
      const newest = await newestOf(transaction, departmentId);
      if (newest !== null && isSameWord(newest, { ...list, sha256 })) {
        throw new IngestError('DUTY_LIST_UNCHANGED', `version ${newest.version} says the same`);
      }
      const published: DutyListVersion = {
        departmentId,
        version: (newest?.version ?? 0) + 1,
        name: list.name,
        inForceFrom: list.inForceFrom,
        publishedAt: new Date().toISOString(),
        publishedBy: person,
        reason: list.reason,
        sha256,
        content: list.content,
      };
      await insert(transaction, published, content);
      await this.#custody.append(transaction, {
        action: 'duty-list-published',
        actor: `operator:${person}`,
        details: {
          departmentId,
          version: published.version,
          name: list.name,
          inForceFrom: list.inForceFrom,
          isRetroactive: list.inForceFrom < dayOf(published.publishedAt, this.#zone),
          sha256,
          reason: list.reason,
        },
      });
      await markJudged(transaction, departmentId, list.inForceFrom, this.#zone);
      transaction.onCommit(() => this.#known.delete(departmentId));
      return published;
    });
  }

  /** Publishes a list that comes with Docket as the department's next version. Throws PRESET_UNKNOWN and what `publish` throws. */
  async adoptPreset(
    departmentId: string,
    {
      presetId = departmentId,
      inForceFrom,
      reason,
    }: { presetId?: string; inForceFrom: string; reason: string },
    person: string,
  ): Promise<DutyListVersion> {
    const preset = dutyListPresets.find((one) => one.departmentId === presetId);
    if (preset === undefined) throw new IngestError('PRESET_UNKNOWN', `there is no preset ${presetId}`);
    return this.publish(
      departmentId,
      { name: preset.name, inForceFrom, content: preset.content, reason },
      person,
    );
  }

  /** The version that judges a day `yyyy-mm-dd`: the newest of those in force by then. `null`: there is none. */
  async inForce(departmentId: string, day: string): Promise<DutyListVersion | null> {
    const versions = await this.versions(departmentId);
    return versions.find(({ inForceFrom }) => inForceFrom <= day) ?? null;
  }

  async read(departmentId: string, version: number): Promise<DutyListVersion | null> {
    return (await this.versions(departmentId)).find((one) => one.version === version) ?? null;
  }

  /** All versions of a department, newest first. */
  versions(departmentId: string): Promise<DutyListVersion[]> {
    const known = this.#known.get(departmentId);
    if (known !== undefined) return known;
    const asked = readVersions(this.#database, departmentId);
    this.#known.set(departmentId, asked);
    const forget = () => {
      if (this.#known.get(departmentId) === asked) this.#known.delete(departmentId);
    };
    // Departments without a list are not remembered: anybody may ask for any name. Nor is a failure, of which whoever
    // waits is told.
    asked.then((found) => found.length === 0 && forget(), forget);
    return asked;
  }

  /** Departments that have published a list, by id. */
  async departments(): Promise<string[]> {
    const rows = await this.#database.read(
      'SELECT DISTINCT department_id FROM duty_list ORDER BY department_id',
    );
    return rows.map((row) => String(row.department_id));
  }

  /** Today in the zone of the dock. */
  today(): string {
    return dayOf(new Date().toISOString(), this.#zone);
  }
}

/** True where publishing would change nothing for any day. */
function isSameWord(
  newest: DutyListVersion,
  { name, inForceFrom, sha256 }: NewDutyList & { sha256: string },
) {
  return newest.sha256 === sha256 && newest.name === name && newest.inForceFrom <= inForceFrom;
}

async function newestOf(transaction: Transaction, departmentId: string): Promise<DutyListVersion | null> {
  const [row] = await transaction.all(
    `SELECT ${columns} FROM duty_list WHERE department_id = ? ORDER BY version DESC LIMIT 1`,
    [departmentId],
  );
  return row === undefined ? null : versionOf(row);
}

async function readVersions(database: IndexDatabase, departmentId: string): Promise<DutyListVersion[]> {
  const rows = await database.read(
    `SELECT ${columns} FROM duty_list WHERE department_id = ? ORDER BY version DESC`,
    [departmentId],
  );
  return rows.map(versionOf);
}

async function insert(transaction: Transaction, list: DutyListVersion, content: string): Promise<void> {
  await transaction.run(`INSERT INTO duty_list (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
    list.departmentId,
    list.version,
    list.name,
    list.inForceFrom,
    list.publishedAt,
    list.publishedBy,
    list.reason,
    content,
    list.sha256,
  ]);
}

/**
 * Marks what a version in force from `day` judges: activities of the department's cases that are not surely over before
 * it, and cases, whose publishing and review it rules. One statement each, for a department may have a year of them.
 */
async function markJudged(
  transaction: Transaction,
  departmentId: string,
  day: string,
  zone: string,
): Promise<void> {
  const fromMs = wallClockInZone(Date.parse(`${day}T00:00:00Z`), zone);
  await transaction.run(
    `INSERT INTO reckoning_due (kind, id, marked)
     SELECT 'activity', activity_id, 1 FROM activity JOIN enforcement_case USING (case_id)
     WHERE department_id = ? AND (started_ms IS NULL OR ended_ms IS NULL OR ended_ms >= ?)
     ON CONFLICT (kind, id) DO UPDATE SET marked = marked + 1`,
    [departmentId, fromMs],
  );
  await transaction.run(
    `INSERT INTO reckoning_due (kind, id, marked)
     SELECT 'case', case_id, 1 FROM enforcement_case
     WHERE department_id = ? AND (closed_on IS NULL OR closed_on >= ?)
     ON CONFLICT (kind, id) DO UPDATE SET marked = marked + 1`,
    [departmentId, day],
  );
}

function versionOf(row: SqlRow): DutyListVersion {
  return {
    departmentId: String(row.department_id),
    version: Number(row.version),
    name: String(row.name),
    inForceFrom: String(row.in_force_from),
    publishedAt: String(row.published_at),
    publishedBy: String(row.published_by),
    reason: String(row.reason),
    sha256: String(row.sha256),
    content: JSON.parse(String(row.content)) as DutyListContent,
  };
}

/** The calendar day of an instant in a zone, `yyyy-mm-dd`. */
function dayOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(new Date(instant));
}
