import type { IndexReader } from '../../index-store/index-database.ts';
import type { ForwardingPolicy } from './forwarding-policy.ts';
import type { Amount, PredictedMisses } from './forwarding-standing.ts';
import type { LineWindows } from './line-windows.ts';
import { type DueHour, type Forecast, type LateHour, lateHours, latePart } from './predicted-misses.ts';

/** What waits at one target, by hour of the deadline. */
export interface TargetAmounts {
  important: Amount;
  bulk: Amount;
  dead: Amount;
  hours: DueHour[];
}

const hourMs = 3_600_000;

/** Asked every few seconds, of however many clips: the index of the line answers it alone. */
export const amountsInLine = `SELECT target, state, is_bulk, due_hour, count(*) AS clips, sum(size_bytes) AS bytes
  FROM forward GROUP BY target, state, is_bulk, due_hour`;

/** Everything that waits, by target. */
export async function readAmounts(index: IndexReader): Promise<Map<string, TargetAmounts>> {
  const rows = await index.read(amountsInLine);
  const amounts = new Map<string, TargetAmounts>();
  for (const row of rows) {
    const target = String(row.target);
    const known = amounts.get(target) ?? noAmounts();
    amounts.set(target, known);
    const amount = { clips: Number(row.clips), bytes: Number(row.bytes) };
    const tier = row.is_bulk === 1 ? 'bulk' : 'important';
    if (row.state === 'dead') add(known.dead, amount);
    else {
      add(known[tier], amount);
      const fromMs = Date.parse(`${row.due_hour}:00:00Z`);
      if (Number.isFinite(fromMs)) known.hours.push({ ...amount, tier, fromMs });
    }
  }
  return amounts;
}

export function noAmounts(): TargetAmounts {
  return { important: nothing(), bulk: nothing(), dead: nothing(), hours: [] };
}

export interface ForecastGround {
  index: IndexReader;
  policy: ForwardingPolicy;
  windows: LineWindows;
  nowMs: number;
}

/** Which clips of a target will not be archived in time, at the pace it took lately; `null`: that is not known. */
export async function predictMisses(
  { index, policy, windows, nowMs }: ForecastGround,
  target: string,
  { hours }: TargetAmounts,
  bytesPerSecond: number | null,
): Promise<PredictedMisses | null> {
  if (bytesPerSecond === null || bytesPerSecond <= 0) return null;
  const expected = policy.bulk === 'on-demand' ? hours.filter(({ tier }) => tier === 'important') : hours;
  const lastMs = Math.max(nowMs, ...expected.map(({ fromMs }) => fromMs)) + hourMs;
  const forecast: Forecast = {
    nowMs,
    bytesPerSecond,
    stretches: windows.stretches(nowMs, lastMs),
    mayBulkGo: ({ isOpen }) => policy.bulk === 'at-once' || (policy.bulk === 'in-window' && isOpen),
  };
  const late = lateOnBothWays(expected, forecast, policy.line.importantShare);
  const misses: PredictedMisses = { clips: 0, bytes: 0, overdue: nothing(), first: null };
  for (const hour of late) {
    const [from, to] = latePart(hour);
    const part = { clips: Math.ceil(hour.clips * (to - from)), bytes: Math.ceil(hour.bytes * (to - from)) };
    add(misses, part);
    if (hour.fromMs + hourMs <= nowMs) add(misses.overdue, part);
  }
  const [first] = late;
  return first === undefined ? misses : { ...misses, first: await firstOf(index, target, first) };
}

/** Important clips have their share of the line even where others are due before them. */
function lateOnBothWays(hours: readonly DueHour[], forecast: Forecast, importantShare: number): LateHour[] {
  const byDeadline = lateHours(hours, forecast);
  const ofShare = lateHours(
    hours.filter(({ tier }) => tier === 'important'),
    { ...forecast, bytesPerSecond: forecast.bytesPerSecond * importantShare },
  );
  return byDeadline.flatMap((late) => {
    if (late.tier === 'bulk') return [late];
    const other = ofShare.find(({ fromMs }) => fromMs === late.fromMs);
    return other === undefined ? [] : [other.doneToMs < late.doneToMs ? other : late];
  });
}

async function firstOf(
  index: IndexReader,
  target: string,
  hour: LateHour,
): Promise<PredictedMisses['first']> {
  const [from] = latePart(hour);
  const place = Math.min(Math.floor(from * hour.clips), hour.clips - 1);
  const [row] = await index.read(
    `SELECT clip_id, due_at FROM forward WHERE target = ? AND state = 'queued' AND is_bulk = ? AND due_hour = ?
     ORDER BY rank, age, clip_id LIMIT 1 OFFSET ?`,
    [target, hour.tier === 'bulk' ? 1 : 0, new Date(hour.fromMs).toISOString().slice(0, 13), place],
  );
  if (row === undefined) return null;
  const doneMs = hour.doneFromMs + from * (hour.doneToMs - hour.doneFromMs);
  const isKnown = Number.isFinite(doneMs) && doneMs < 253_402_300_800_000;
  return {
    clipId: String(row.clip_id),
    dueAt: String(row.due_at),
    expectedAt: isKnown ? new Date(doneMs).toISOString() : null,
  };
}

function nothing(): Amount {
  return { clips: 0, bytes: 0 };
}

function add(sum: Amount, more: Amount): void {
  sum.clips += more.clips;
  sum.bytes += more.bytes;
}
