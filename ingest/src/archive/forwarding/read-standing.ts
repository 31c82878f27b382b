import type { SqlRow } from '../../index-store/connection.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { ArchiveRefusalCode } from '../archive-refusal.ts';
import type { ProbeSummary, Probes } from '../probes.ts';
import type { TargetSettings } from '../target-settings.ts';
import type { ForwardingLine } from './forwarding-line.ts';
import type { ForwardingPolicy } from './forwarding-policy.ts';
import type { ArchiveStanding, TargetStanding, TargetState } from './forwarding-standing.ts';
import type { LineWindows } from './line-windows.ts';
import { refusalRules } from './refusal-rules.ts';
import { noAmounts, predictMisses, readAmounts, type TargetAmounts } from './target-forecast.ts';
import type { TargetForwarder } from './target-forwarder.ts';

export interface StandingSources {
  database: IndexDatabase;
  policy: ForwardingPolicy;
  windows: LineWindows;
  line: ForwardingLine;
  probes: Probes;
  settings: readonly TargetSettings[];
  forwarders: readonly TargetForwarder[];
}

/** How every target stands, by the index and by what goes on. */
export async function readStanding(sources: StandingSources): Promise<ArchiveStanding> {
  const { database, probes, forwarders } = sources;
  const [last] = await database.read(
    `SELECT max((SELECT max(stored_at) FROM receipt WHERE receipt.target = archive_target.target)) AS at FROM archive_target
     WHERE is_configured = 1`,
  );
  const known = {
    rows: await database.read('SELECT * FROM archive_target WHERE is_configured = 1'),
    amounts: await readAmounts(database),
    probes: await probes.summaries(),
  };
  const targets: TargetStanding[] = [];
  for (const forwarder of forwarders) {
    const { name } = forwarder.target;
    targets.push(
      await standingOf(sources, forwarder, {
        row: known.rows.find(({ target }) => target === name) ?? {},
        amounts: known.amounts.get(name) ?? noAmounts(),
        probe: known.probes.get(name) ?? null,
      }),
    );
  }
  return { targets, lastReceiptAt: textOrNull(last?.at) };
}

async function standingOf(
  { database, policy, windows, line, settings }: StandingSources,
  forwarder: TargetForwarder,
  { row, amounts, probe }: { row: SqlRow; amounts: TargetAmounts; probe: ProbeSummary | null },
): Promise<TargetStanding> {
  const { name, kind } = forwarder.target;
  const { waiting, bytesPerSecond, sending } = forwarder;
  const nowMs = Date.now();
  const bulkChangesMs = policy.bulk === 'in-window' ? windows.changesAt(nowMs) : null;
  const paused = pausedOf(row);
  const isProofMissing =
    settings.find((one) => one.name === name)?.isWormRequired === true && probe?.isWormProven !== true;
  return {
    target: name,
    kind,
    state: stateOf(forwarder, amounts, { isPaused: paused !== null, isProofMissing }),
    since: paused?.at ?? (waiting === null ? null : waiting.since),
    paused,
    nextTryAt: waiting === null ? null : new Date(nowMs + waiting.remainingMs).toISOString(),
    lastReachedAt: textOrNull(row.last_reached_at),
    lastError: lastErrorOf(row),
    waiting: { important: amounts.important, bulk: amounts.bulk },
    sending: [...sending],
    dead: amounts.dead,
    bytesPerSecond,
    limitBytesPerSecond: line.limitOf(name),
    bulk: {
      mayGo: forwarder.mayBulkGo(nowMs),
      changesAt: bulkChangesMs === null ? null : new Date(bulkChangesMs).toISOString(),
    },
    probe,
    misses: await predictMisses({ index: database, policy, windows, nowMs }, name, amounts, bytesPerSecond),
  };
}

function stateOf(
  { waiting, sending }: TargetForwarder,
  { important, bulk }: TargetAmounts,
  { isPaused, isProofMissing }: { isPaused: boolean; isProofMissing: boolean },
): TargetState {
  if (isPaused) return 'paused';
  if (waiting !== null) return waiting.state;
  if (isProofMissing) return 'unproven';
  if (sending.length > 0) return 'working';
  return important.clips + bulk.clips === 0 ? 'idle' : 'waiting';
}

function pausedOf(row: SqlRow): TargetStanding['paused'] {
  if (typeof row.paused_by !== 'string') return null;
  return { by: row.paused_by, at: String(row.paused_at), reason: String(row.paused_reason) };
}

function lastErrorOf(row: SqlRow): TargetStanding['lastError'] {
  if (typeof row.last_error !== 'string') return null;
  const refusal = textOrNull(row.last_refusal) as ArchiveRefusalCode | null;
  return {
    refusal,
    message: row.last_error,
    at: String(row.last_error_at),
    needsPeople: refusalRules[refusal ?? 'fault'].needsPeople,
  };
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
