import { smpErrorNumbers } from '../../smp/device-error.ts';
import type { Header } from '../../smp/header.ts';
import { fsNotFoundCodes } from '../../smp/messages/fs.ts';
import { recorderErrorNumbers } from '../../smp/messages/recorder.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A request the recorder understood. */
export interface SimulatedRequest {
  header: Header;
  /** Name of its message, e.g. `download`. */
  name: string;
  body: Body;
}

/** What the recorder is about to send back. */
export interface Reply {
  body: Body;
  /** How often it is sent: 0 drops it, 2 doubles it. */
  times: number;
  /** Last touch to the bytes on the line. */
  alter: ((frames: Uint8Array) => Uint8Array) | null;
}

/** What a behaviour can do to the recorder beside answering. */
export interface Plug {
  /** Pulls the plug; what the recorder has in its memory stays. */
  unplug(): Promise<void>;
  /** Its battery fails too: it leaves the line and starts anew. */
  losePower(): Promise<void>;
}

/**
 * A fault, as a step in front of the recorder's own handling: it may answer by itself, or call `answer` for what
 * the recorder (and the behaviours behind this one) would say and change that.
 */
export type Behaviour = (
  request: SimulatedRequest,
  answer: () => Promise<Reply>,
  plug: Plug,
) => Promise<Reply>;

/** An answer sent once, as it is. */
export function reply(body: Body): Reply {
  return { body, times: 1, alter: null };
}

/** An error of a group, or of SMP itself where `group` is `null`, in the form of the request's version. */
export function refusal(header: Header, group: number | null, rc: number): Reply {
  if (group === null) return reply({ rc });
  return reply(header.version === 1 ? { rc: codeInVersionOne(group, rc) } : { err: { group, rc } });
}

/** Version 1 has no codes of groups; only "not there" keeps a meaning of its own. */
function codeInVersionOne(group: number, rc: number): number {
  const isNotFound =
    (group === 8 && fsNotFoundCodes.includes(rc)) || (group === 64 && rc === recorderErrorNumbers.notFound);
  return isNotFound ? smpErrorNumbers.notFound : smpErrorNumbers.unknown;
}
