import { usualForwarding } from '@docket/ingest';
import { table } from '../report/table.ts';
import { arithmetic } from './arithmetic.ts';
import { centralShares, stepMinutes } from './central-share.ts';
import { sendAll } from './dock-queue.ts';
import { dockOf, type FleetPlan } from './fleet.ts';
import { comparedOrders } from './orders.ts';
import { addDock, newOutcome, type Outcome, type Tally } from './outcome.ts';
import type { ScaleOptions } from './scale-options.ts';

/** Runs the fleet through its shift changes once for each order, and prints what was archived in time. */
export async function scale(options: ScaleOptions): Promise<void> {
  const { plan, withinHours } = options;
  const { importantShare } = usualForwarding.line;
  const shares = centralShares(plan);
  const orders = comparedOrders(withinHours, importantShare).map((named) => ({
    ...named,
    outcome: newOutcome(),
  }));
  for (let number = 0; number < plan.docks; number += 1) {
    const dock = dockOf(plan, number);
    for (const { lanes, outcome } of orders) {
      addDock(outcome, dock, sendAll(dock, shares, lanes), withinHours);
    }
  }
  process.stdout.write(`${arithmetic(plan)}\n\n${planLine(plan, withinHours)}\n\n`);
  process.stdout.write(
    `${table(
      head,
      orders.flatMap(({ name, outcome }) => rowsOf(name, outcome)),
    )}\n\n`,
  );
  const busy = shares.filter((share) => Number.isFinite(share)).length;
  process.stdout.write(
    `The centre was the bottleneck for ${((busy * stepMinutes) / 60).toFixed(1)} h of ${((shares.length * stepMinutes) / 60).toFixed(0)} h.\n`,
  );
}

const head = [
  'order',
  'clips',
  'how many',
  'deadline missed',
  'share',
  'waiting at the end',
  'p50 h',
  'p95 h',
  'p99 h',
];

function rowsOf(name: string, { important, ordinary }: Outcome): string[][] {
  return [rowOf(name, 'important', important), rowOf('', 'other', ordinary)];
}

function rowOf(name: string, kind: string, tally: Tally): string[] {
  const hours = (share: number) => {
    const value = tally.hoursAt(share);
    return Number.isFinite(value) ? value.toFixed(1) : '–';
  };
  return [
    name,
    kind,
    String(tally.clips),
    String(tally.missed),
    `${((100 * tally.missed) / Math.max(1, tally.clips)).toFixed(2)} %`,
    String(tally.waiting),
    hours(0.5),
    hours(0.95),
    hours(0.99),
  ];
}

function planLine(plan: FleetPlan, within: { important: number; ordinary: number }): string {
  const shares = plan.lines.reduce((sum, [, share]) => sum + share, 0);
  const lines = plan.lines.map(
    ([mbits, share]) => `${((100 * share) / shares).toFixed(0)} % at ${mbits} Mbit/s`,
  );
  return [
    `${plan.docks} docks of ${plan.recordersPerDock} recorders, ${plan.hoursPerShift} h a shift at ${plan.bytesPerRecordedHour / 1e9} GB/h in clips of ${plan.clipMinutes} min, ${plan.shiftChanges} shift changes, ${plan.backlogDays} days waiting from before;`,
    `lines ${lines.join(', ')}; the centre takes ${plan.centralGbitPerSecond} Gbit/s;`,
    `${(plan.importantShare * 100).toFixed(0)} % important, due within ${within.important} h of their recording, others within ${within.ordinary} h. Seed ${plan.seed}.`,
  ].join(' ');
}
