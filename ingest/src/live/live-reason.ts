import type { FeedEndCause, LiveCodec, LiveTrack } from '@docket/device-protocol/live';
import { errnoOf } from '../errors.ts';

type Media = LiveTrack['kind'];

/** What is wrong with one kind of media. */
export interface LostMedia {
  /** Pictures or frames of sound that are kept, and not whole. */
  damaged: number;
  /** Media time for which nothing came. */
  missingMs: number;
}

/**
 * What a gap or an alarm tells beside its kind: a code and figures, of which each language makes its own words. `words` are
 * what a system or a peer said, in its own language. `docs/live.md` lists them.
 */
export type LiveReason =
  | { kind: 'feed-ended'; how: FeedEndCause; words: string }
  | { kind: 'connected-anew' }
  | { kind: 'clock-moved'; byMs: number }
  | { kind: 'time-stamps-anew'; media: Media; track: number }
  | { kind: 'time-stamps-moved'; media: Media; track: number; byMs: number; inMs: number }
  | { kind: 'time-stamps-stood'; media: Media; track: number }
  | { kind: 'format-changed'; media: Media; track: number }
  | { kind: 'codec-misnamed'; media: Media; track: number; told: LiveCodec; found: LiveCodec }
  | { kind: 'turned-too-often'; segments: number }
  /** `units`: how often; of what, older rows do not tell. */
  | { kind: 'units-lost'; units: number; pictures?: LostMedia; sound?: LostMedia }
  | { kind: 'key-frame-awaited' }
  | { kind: 'store-refused'; code: string | null; words: string }
  | { kind: 'store-slow'; waitingBytes: number }
  | { kind: 'gateway-stopped' }
  | { kind: 'not-registered' }
  | { kind: 'nothing-sent' }
  | { kind: 'nothing-recorded' }
  | { kind: 'not-reached'; words: string }
  | { kind: 'too-many-streams'; streams: number }
  | { kind: 'wrong-credentials'; by: 'rtsp' | 'rtmp'; address: string; name: string | null }
  | { kind: 'may-not-send'; name: string }
  | { kind: 'credentials-refused'; words: string }
  | { kind: 'footage-missing'; seconds: number; from: string };

/** The reason in an English sentence, as it stands in the custody log and in sealed records. */
export function describeReason(reason: LiveReason): string {
  switch (reason.kind) {
    case 'feed-ended':
      return `${reason.how}: ${reason.words}`;
    case 'connected-anew':
      return 'the recorder connected anew';
    case 'clock-moved':
      return `the recorder's clock was moved by ${reason.byMs} ms against its media time`;
    case 'time-stamps-anew':
      return `${reason.media} track ${reason.track}: time stamps begin anew`;
    case 'time-stamps-moved':
      return reason.byMs < 0
        ? `${reason.media} track ${reason.track}: time stamps go back by ${-reason.byMs} ms`
        : `${reason.media} track ${reason.track}: time stamps go ahead by ${reason.byMs} ms in ${reason.inMs} ms`;
    case 'time-stamps-stood':
      return `${reason.media} track ${reason.track}: time stamps stood still while the stream went on`;
    case 'format-changed':
      return `${reason.media} track ${reason.track} goes on in another format`;
    case 'codec-misnamed':
      return `${reason.media} track ${reason.track} was told as ${reason.told}, and is ${reason.found}`;
    case 'turned-too-often':
      return `the stream changed so often that ${reason.segments} segments were begun within a minute; the rest waits`;
    case 'units-lost':
      return describeLoss(reason);
    case 'key-frame-awaited':
      return 'pictures before the next key frame';
    case 'store-refused':
    case 'not-reached':
    case 'credentials-refused':
      return reason.words;
    case 'store-slow':
      return `${reason.waitingBytes} bytes wait for the store; it is too slow for the stream`;
    case 'gateway-stopped':
      return 'from the newest part that stands to the next start';
    case 'not-registered':
      return 'no live source is registered for the recorder';
    case 'nothing-sent':
      return 'the recorder sends nothing';
    case 'nothing-recorded':
      return 'the stream is connected and brings nothing that could be recorded';
    case 'too-many-streams':
      return `${reason.streams} streams come in already; live.streams allows no more`;
    case 'wrong-credentials':
      return `wrong credentials by ${reason.by.toUpperCase()} from ${reason.address}${reason.name === null ? '' : ` as ${reason.name}`}`;
    case 'may-not-send':
      return `${reason.name} may not send`;
    case 'footage-missing':
      return `${reason.seconds} s, ${reason.from}`;
  }
}

function describeLoss({ units, pictures, sound }: Extract<LiveReason, { kind: 'units-lost' }>): string {
  const told = [...lossWords('pictures', pictures), ...lossWords('sound', sound)];
  return told.length > 0 ? told.join(', ') : `${units} pictures or sounds are missing or damaged`;
}

function lossWords(what: string, lost: LostMedia | undefined): string[] {
  if (lost === undefined) return [];
  const { damaged, missingMs } = lost;
  return [
    ...(missingMs > 0 ? [`${what}: ${missingMs} ms are missing`] : []),
    ...(damaged > 0 ? [`${what}: ${damaged} damaged`] : []),
  ];
}

/** More waits for the store than is kept in memory. */
export class StoreTooSlowError extends Error {
  readonly waitingBytes: number;

  constructor(waitingBytes: number) {
    super(describeReason({ kind: 'store-slow', waitingBytes }));
    this.name = 'StoreTooSlowError';
    this.waitingBytes = waitingBytes;
  }
}

const longestWords = 300;

/** Why footage could not be written. */
export function storeReason(error: unknown): LiveReason {
  if (error instanceof StoreTooSlowError) return { kind: 'store-slow', waitingBytes: error.waitingBytes };
  const words = (error instanceof Error ? error.message : String(error)).slice(0, longestWords);
  return { kind: 'store-refused', code: errnoOf(error) ?? null, words };
}

/** As the index keeps it; `null` where a row is older than reasons. */
export function readReason(kept: unknown): LiveReason | null {
  return typeof kept === 'string' ? (JSON.parse(kept) as LiveReason) : null;
}
