import type { Interval } from '../time/interval.ts';

/** A stretch in which the ledger says that an officer had the recorder; `toMs` is infinite until it is returned. */
export interface Holding {
  fromMs: number;
  toMs: number;
  officerNumber: string;
  numberOnRecorder: string | null;
}

export interface WearerFacts {
  /** The number in the clip's name, else the one the recorder gave when it was docked. */
  numberInClip: string | null;
  /** All holdings of the recorder, oldest first. */
  holdings: readonly Holding[];
  /** All the time in which the clip may have been recorded; `null` where nothing tells. */
  recorded: Interval | null;
  /** Officers of the book with this certificate number or officer number. */
  officersOf(number: string): readonly string[];
}

/**
 * officer-unnamed        neither clip nor ledger names anybody
 * officer-unknown        no officer of the book has the number
 * officer-ambiguous      several officers have it
 * officers-disagree      the ledger names another officer than the clip
 * recorder-changed-hands the recorder may have been with more than one officer, or with nobody, when it recorded
 * recorder-not-issued    by the ledger the recorder had been returned and was with nobody
 */
export const wearerReasons = [
  'officer-unnamed',
  'officer-unknown',
  'officer-ambiguous',
  'officers-disagree',
  'recorder-changed-hands',
  'recorder-not-issued',
] as const;
export type WearerReason = (typeof wearerReasons)[number];

export type Wearer =
  | { state: 'known'; officerId: string; grounds: ('ledger' | 'clip' | 'operation')[] }
  | { state: 'unknown'; reason: WearerReason; candidateIds: string[] };

/**
 * Who wore the recorder. One officer only where everything that names somebody names the same: a recorder keeps the number
 * of who had it before, and a ledger can be behind.
 */
export function wearerOf(facts: WearerFacts): Wearer {
  const number = personalNumber(facts.numberInClip);
  const { recorded, holdings } = facts;
  const held = recorded === null ? [] : holdings.filter((holding) => mayHold(holding, recorded));
  if (held.length > 0 && recorded !== null) return byLedger(facts, number, held, recorded);
  const isReturned = recorded !== null && holdings.some(({ toMs }) => toMs < recorded.lowMs);
  if (isReturned) return unknown('recorder-not-issued', number === null ? [] : facts.officersOf(number));
  if (number === null) return unknown('officer-unnamed', []);
  return one(facts.officersOf(number), ['clip']);
}

function byLedger(
  facts: WearerFacts,
  number: string | null,
  held: readonly Holding[],
  recorded: Interval,
): Wearer {
  const holders = new Set(held.flatMap(({ officerNumber }) => facts.officersOf(officerNumber)));
  const numbered = number === null ? [] : facts.officersOf(number);
  const [first, ...others] = held;
  if (first === undefined || others.some(({ officerNumber }) => officerNumber !== first.officerNumber)) {
    return unknown('recorder-changed-hands', [...holders, ...numbered]);
  }
  const isNamed = number !== null && held.some((holding) => isNumberOf(holding, number));
  if (number !== null && !isNamed) {
    const [same, ...more] = [...new Set([...holders, ...numbered])];
    const agree = same !== undefined && more.length === 0 && numbered.length === 1 && holders.size === 1;
    if (!agree) return unknown('officers-disagree', [...holders, ...numbered]);
    return { state: 'known', officerId: same, grounds: ['ledger', 'clip'] };
  }
  if (number === null && !isWithin(recorded, first, held.at(-1) ?? first)) {
    return unknown('recorder-changed-hands', [...holders]);
  }
  return one([...holders], number === null ? ['ledger'] : ['ledger', 'clip']);
}

function one(officerIds: readonly string[], grounds: ('ledger' | 'clip')[]): Wearer {
  const [officerId, ...others] = officerIds;
  if (officerId === undefined) return unknown('officer-unknown', []);
  if (others.length > 0) return unknown('officer-ambiguous', officerIds);
  return { state: 'known', officerId, grounds };
}

function unknown(reason: WearerReason, candidateIds: readonly string[]): Wearer {
  return { state: 'unknown', reason, candidateIds: [...new Set(candidateIds)] };
}

/** Recorders leave the factory with a number of noughts only; it is nobody's. */
function personalNumber(number: string | null): string | null {
  const trimmed = number?.trim() ?? '';
  return trimmed === '' || /^0+$/u.test(trimmed) ? null : trimmed;
}

function isNumberOf({ officerNumber, numberOnRecorder }: Holding, number: string): boolean {
  return number === officerNumber || number === numberOnRecorder;
}

function mayHold({ fromMs, toMs }: Holding, { lowMs, highMs }: Interval): boolean {
  return fromMs <= highMs && lowMs <= toMs;
}

/** Without a break in the ledger: a recorder that was returned between was with nobody. */
function isWithin({ lowMs, highMs }: Interval, first: Holding, last: Holding): boolean {
  return first === last && first.fromMs <= lowMs && highMs <= first.toMs;
}
