import { isDeepStrictEqual } from 'node:util';
import { isRecorderError, type RecorderErrorCode } from '../errors.ts';
import type { Capability, ListedClip, Listing, Recorder } from '../recorder.ts';

/** A recorder, or what plays one, and how far a trial of it may go. */
export interface RecorderOnTrial {
  open(signal: AbortSignal): Promise<Recorder>;
  /** What clips are known to hold, by their path in hex: then every byte is compared. */
  known?: ReadonlyMap<string, Uint8Array>;
  /** Takes the recorder away while it is in use. */
  unplug?(): Promise<void>;
  allows: { erase: boolean; setClock: boolean };
  /** Clips longer than this are read in part. */
  longestReadBytes: number;
}

/** Why a check was left out. */
export type LeftOutReason = 'command-mode' | 'no-capability' | 'not-allowed' | 'no-clip' | 'needs-a-hand';

/** Thrown by a check that cannot be made here. */
export class LeftOut extends Error {
  readonly reason: LeftOutReason;

  constructor(reason: LeftOutReason) {
    super(reason);
    this.name = 'LeftOut';
    this.reason = reason;
  }
}

/** Thrown by a check where the driver or its recorder does not keep the contract. */
export class NotHeld extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotHeld';
  }
}

/** One rule of the contract. */
export interface Check<Name extends string = string> {
  name: Name;
  /** Left out for recorders without it. */
  needs?: Capability;
  /** What it does to the recorder; without leave it is left out. */
  effect?: 'erase' | 'setClock';
  run(trial: Trial): Promise<void>;
}

/** What a check works with. */
export interface Trial {
  subject: RecorderOnTrial;
  recorder: Recorder;
  signal: AbortSignal;
  /** Closes the recorder and opens it anew. */
  reopen(): Promise<Recorder>;
}

export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new NotHeld(otherwise);
}

export function demandEqual(found: unknown, expected: unknown, what: string): void {
  demand(isDeepStrictEqual(found, expected), `${what}: ${brief(found)} instead of ${brief(expected)}`);
}

/** The work must fail with one of these codes. */
export async function demandError(
  work: Promise<unknown>,
  codes: readonly RecorderErrorCode[],
  what: string,
): Promise<void> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (outcome === null) throw new NotHeld(`${what} succeeded; ${codes.join(' or ')} is due`);
  const { error } = outcome;
  demand(
    isRecorderError(error) && codes.includes(error.code),
    `${what} threw ${briefError(error)}; ${codes.join(' or ')} is due`,
  );
}

/** Everything on the recorder. One that shows no clips before its mode is switched leaves the check out. */
export async function listAll({ recorder, signal }: Pick<Trial, 'recorder' | 'signal'>): Promise<Listing[]> {
  const all: Listing[] = [];
  try {
    for await (const listing of recorder.list(signal)) all.push(listing);
  } catch (error) {
    const isRefused = isRecorderError(error) && error.code === 'NOT_SUPPORTED';
    throw isRefused && recorder.capabilities.has('modeSwitch') ? new LeftOut('command-mode') : error;
  }
  return all;
}

/** What `look` gives, or `otherwise` for a recorder that shows no clips before its mode is switched. */
export async function unlessInCommandMode<Value, Otherwise>(
  look: Promise<Value>,
  otherwise: Otherwise,
): Promise<Value | Otherwise> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof LeftOut && error.reason === 'command-mode') return otherwise;
    throw error;
  }
}

export async function listClips(trial: Pick<Trial, 'recorder' | 'signal'>): Promise<ListedClip[]> {
  return (await listAll(trial)).flatMap((listing) => (listing.type === 'clip' ? [listing.clip] : []));
}

/** The clip that best suits a check of reading: the longest that may be read whole, else the shortest with bytes. */
export async function readableClip(trial: Trial): Promise<ListedClip> {
  const clips = (await listClips(trial)).filter((clip) => clip.sizeBytes > 0);
  const bySize = clips.sort((left, right) => left.sizeBytes - right.sizeBytes);
  const fitting = bySize.findLast((clip) => clip.sizeBytes <= trial.subject.longestReadBytes);
  const clip = fitting ?? bySize[0];
  if (clip === undefined) throw new LeftOut('no-clip');
  return clip;
}

export function keyOf(clip: ListedClip): string {
  return Buffer.from(clip.pathBytes).toString('hex');
}

export function briefError(error: unknown): string {
  if (isRecorderError(error)) return `${error.code} (${error.message})`;
  return error instanceof Error ? `${error.name} (${error.message})` : String(error);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value, (_, part) =>
    part instanceof Uint8Array
      ? `${part.length} bytes ${Buffer.from(part.subarray(0, 16)).toString('hex')}`
      : part,
  );
  return (text ?? String(value)).slice(0, 200);
}
