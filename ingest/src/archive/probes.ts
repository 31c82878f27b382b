import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { ArchiveTarget } from './archive-target.ts';
import { isSound, isWormProven, type ProbeReport } from './probe-report.ts';
import type { TargetSettings } from './target-settings.ts';

const probedEveryMs = 30 * 86_400_000;

/** The latest probe of a target, in short. */
export interface ProbeSummary {
  probeId: string;
  at: string;
  isSound: boolean;
  isWormProven: boolean;
}

/** What was tried on each target, kept for good. */
export class Probes {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #targets: readonly ArchiveTarget[];

  constructor(database: IndexDatabase, custody: CustodyLog, targets: readonly ArchiveTarget[]) {
    this.#database = database;
    this.#custody = custody;
    this.#targets = targets;
  }

  /** A target that locks, or must, is probed by itself when it never was, or not for thirty days; 0: now. */
  async dueInMs(settings: TargetSettings): Promise<number> {
    if (!settings.isWormRequired && !isLocking(settings)) return Number.POSITIVE_INFINITY;
    const latest = (await this.summaries()).get(settings.name);
    if (latest === undefined) return 0;
    const agoMs = Math.abs(Date.now() - Date.parse(latest.at));
    return agoMs < probedEveryMs ? probedEveryMs - agoMs : 0;
  }

  /** Puts a target to the test and keeps what was seen. Throws ARCHIVE_TARGET_UNKNOWN, and ArchiveRefusal where nothing could be tried. */
  async probe(name: string, signal: AbortSignal, person?: string): Promise<ProbeReport> {
    const target = this.#targets.find((one) => one.name === name);
    if (target === undefined) throw new IngestError('ARCHIVE_TARGET_UNKNOWN', `no archive target ${name}`);
    const report = await target.probe(signal);
    await this.#keep(name, report, person);
    return report;
  }

  /** The latest report of a target; `null`: it was never probed. */
  async latest(name: string): Promise<ProbeReport | null> {
    const [row] = await this.#database.read(
      'SELECT report FROM archive_probe WHERE target = ? ORDER BY started_at DESC LIMIT 1',
      [name],
    );
    return row === undefined ? null : (JSON.parse(String(row.report)) as ProbeReport);
  }

  /** The same, in short, of every target that was ever probed. */
  async summaries(): Promise<Map<string, ProbeSummary>> {
    const rows = await this.#database.read(
      `SELECT target, probe_id, max(started_at) AS started_at, is_sound, is_worm_proven FROM archive_probe GROUP BY target`,
    );
    return new Map(rows.map((row) => [String(row.target), summaryOf(row)]));
  }

  async #keep(target: string, report: ProbeReport, person: string | undefined): Promise<void> {
    await this.#database.write(async (transaction) => {
      await transaction.run(
        `INSERT INTO archive_probe (probe_id, target, started_at, ended_at, is_sound, is_worm_proven, report)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [
          report.probeId,
          target,
          report.startedAt,
          report.endedAt,
          isSound(report),
          isWormProven(report),
          JSON.stringify(report),
        ],
      );
      await this.#custody.append(transaction, {
        action: 'archive-probed',
        ...(person === undefined ? {} : { actor: `operator:${person}` }),
        details: {
          target,
          probeId: report.probeId,
          isSound: isSound(report),
          isWormProven: isWormProven(report),
          failed: report.results.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check),
        },
      });
    });
  }
}

function isLocking(settings: TargetSettings): boolean {
  if (settings.kind === 's3') return settings.retention === 'compliance';
  return settings.kind === 'directory' && settings.isImmutable;
}

function summaryOf(row: SqlRow): ProbeSummary {
  return {
    probeId: String(row.probe_id),
    at: String(row.started_at),
    isSound: row.is_sound === 1,
    isWormProven: row.is_worm_proven === 1,
  };
}
