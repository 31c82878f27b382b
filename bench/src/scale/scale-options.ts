import { parseArgs } from 'node:util';
import type { FleetPlan } from './fleet.ts';

export interface ScaleOptions {
  plan: FleetPlan;
  /** Hours from the end of its recording until a clip is to be archived. */
  withinHours: { important: number; ordinary: number };
}

export const scaleUsage = `usage: node bench/dist/main.js scale [options]

  --docks N             docks in the fleet (10000)
  --recorders N         recorders of each (20)
  --days N              shift changes, a day apart (3)
  --gigabytes N         what a recorder makes in an hour (4)
  --important PERCENT   of the clips that are important (5)
  --lines MBIT:SHARE,…  lines of the docks and how many have them (20:20,50:40,100:30,1000:10)
  --central GBIT        what the centre takes from all, Gbit/s (1000)
  --within HOURS,HOURS  until a clip is to be archived, important and other (24,72)
  --backlog DAYS        what waits from before (0.5)
  --seed N              of the random numbers (6)
`;

/** Reads the arguments after the command's name. Throws TypeError or RangeError on what it cannot take. */
export function readScaleOptions(argv: readonly string[]): ScaleOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      docks: { type: 'string', default: '10000' },
      recorders: { type: 'string', default: '20' },
      days: { type: 'string', default: '3' },
      gigabytes: { type: 'string', default: '4' },
      important: { type: 'string', default: '5' },
      lines: { type: 'string', default: '20:20,50:40,100:30,1000:10' },
      central: { type: 'string', default: '1000' },
      within: { type: 'string', default: '24,72' },
      backlog: { type: 'string', default: '0.5' },
      seed: { type: 'string', default: '6' },
    },
  });
  const [important = Number.NaN, ordinary = Number.NaN] = values.within
    .split(',')
    .map((text) => above(text, '--within'));
  return {
    plan: {
      docks: above(values.docks, '--docks'),
      recordersPerDock: above(values.recorders, '--recorders'),
      hoursPerShift: 8,
      clipMinutes: 10,
      bytesPerRecordedHour: above(values.gigabytes, '--gigabytes') * 1e9,
      importantShare: above(values.important, '--important') / 100,
      shiftChanges: above(values.days, '--days'),
      dockingMinutes: 60,
      backlogDays: Number(values.backlog),
      lines: values.lines.split(',').map((text) => {
        const [mbits = '', share = ''] = text.split(':');
        return [above(mbits, '--lines'), above(share, '--lines')] as const;
      }),
      centralGbitPerSecond: above(values.central, '--central'),
      seed: above(values.seed, '--seed'),
    },
    withinHours: { important, ordinary },
  };
}

function above(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${flag} takes numbers above 0`);
  return value;
}
