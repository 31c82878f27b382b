import type { ClipsResult } from '../cases/clips-case.ts';
import type { SlotsResult } from '../cases/slots-case.ts';
import { copySha256sum, opensslOnce, sha256sumOnce } from '../peers/copy-and-hash.ts';
import { thisDocket } from '../peers/docket.ts';
import { spreadOf } from '../statistics.ts';
import { type Measure, ratioOf } from './ratios.ts';

/** One aim, and what was found. */
export interface Aim {
  text: string;
  limit: number;
  found: number;
}

const ratioAims: readonly { over: string; measure: Measure; limit: number }[] = [
  { over: copySha256sum.name, measure: 'wall', limit: 0.4 },
  { over: copySha256sum.name, measure: 'cpu', limit: 0.35 },
  { over: opensslOnce.name, measure: 'cpu', limit: 1.2 },
  { over: sha256sumOnce.name, measure: 'cpu', limit: 1.2 },
];

export function clipsAims(result: ClipsResult): Aim[] {
  return ratioAims.flatMap(({ over, measure, limit }) => {
    const ratio = ratioOf(result, thisDocket.name, over, measure);
    if (ratio === null) return [];
    const text = `${measure === 'wall' ? 'wall' : 'CPU'} over ${over}`;
    return [{ text, limit, found: ratio.median }];
  });
}

/** Slots at which the event loop must still be as quick as at rest. */
const loopAimSlots = 8;

export function slotsAims(result: SlotsResult): Aim[] {
  const p99 = (mode: string, slots: number) =>
    spreadOf(
      result.runs
        .filter((run) => run.mode === mode && run.slots === slots)
        .map((run) => run.report.loopDelayMs.p99),
    ).median;
  return [
    {
      text: `event loop p99 at ${loopAimSlots} slots, ms over idle`,
      limit: 20,
      found: p99('docket', loopAimSlots) - p99('idle', 0),
    },
  ];
}
