import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';
import { RecorderError } from '../../errors.ts';
import type { LiveDescription, LiveTrack } from '../live-track.ts';
import { resolveControl } from './resolve-control.ts';
import { trackEncoding } from './track-encoding.ts';

const maxDescriptionBytes = 64 * 1024;
const maxLineCharacters = 16 * 1024;
const maxLines = 1000;
const maxSections = 16;
const maxParameters = 64;

/**
 * Reads a session description (RFC 4566) as recorders write it, which is not always as the standard says: missing
 * formats and clock rates are filled in from the standards of the codecs, spare spaces and unknown lines are passed over,
 * and what cannot be carried is told in `refused`. With `baseUrl` (Content-Base, Content-Location or the request's URL)
 * controls become absolute. Throws RecorderError PROTOCOL_VIOLATION where there is no description in the text, or one
 * past all measure; nothing else.
 */
export function parseDescription(sdp: string, options: { baseUrl?: string } = {}): LiveDescription {
  if (Buffer.byteLength(sdp) > maxDescriptionBytes)
    throw violation(`is longer than ${maxDescriptionBytes} bytes`);
  const session = readLines(sdp);
  if (session.media.length === 0) throw violation('names no track');
  if (session.media.length > maxSections) throw violation(`names more than ${maxSections} tracks`);
  const baseUrl = options.baseUrl ?? null;
  const control = resolveControl(controlOf(session), baseUrl);
  const tracks: LiveTrack[] = [];
  const refused: string[] = [];
  session.media.forEach((media, index) => {
    const track = readTrack(media, index, control !== null && isAbsolute(control) ? control : baseUrl);
    if (typeof track === 'string') refused.push(track);
    else tracks.push(track);
  });
  return { tracks, refused, control, sdp };
}

/** Only lines that say something of tracks are read at all. */
const tellingLine = /^(?:m=|a=(?:rtpmap|fmtp|control|crypto|fingerprint)\s*:)/iu;

function readLines(sdp: string): SessionDescription & { control?: string } {
  const lines = sdp.split(/\r\n|\r|\n/u);
  if (lines.length > maxLines) throw violation(`has more than ${maxLines} lines`);
  const telling = lines
    .filter((line) => line.length <= maxLineCharacters)
    .map((line) => line.trim().replace(/[ \t]+/gu, ' '))
    .filter((line) => tellingLine.test(line))
    .map((line) => line.replace(/^a=([a-z]+) ?: ?/iu, (_, name: string) => `a=${name.toLowerCase()}:`))
    .map((line) => line.replace(/^(m=\S+ \d+)\/\d+ /u, '$1 '));
  try {
    return parse(`${telling.join('\r\n')}\r\n`) as SessionDescription;
  } catch (cause) {
    throw new RecorderError('PROTOCOL_VIOLATION', 'the description of the stream cannot be read', { cause });
  }
}

/** The track, or its name where it cannot be carried. */
function readTrack(media: MediaDescription, index: number, baseUrl: string | null): LiveTrack | string {
  if (!/^RTP\/AVPF?(?:\/|$)/u.test(media.protocol ?? '')) return refusal(media, media.protocol);
  if (media.crypto !== undefined || media.fingerprint !== undefined) return refusal(media, 'encrypted');
  for (const payloadType of payloadTypesOf(media)) {
    const formatParameters = parametersOf(media, payloadType);
    const encoding = trackEncoding(media.type, payloadType, encodingOf(media, payloadType), formatParameters);
    if (encoding !== null) {
      const control = resolveControl(controlOf(media), baseUrl);
      return { index, payloadType, formatParameters, control, ...encoding };
    }
  }
  return refusal(media, media.rtp[0]?.codec ?? media.payloads);
}

/** The library makes numbers of what looks like one. */
function controlOf({ control }: { control?: string | number }): string | null {
  return control === undefined ? null : String(control).trim();
}

function refusal(media: MediaDescription, what: unknown): string {
  return `${media.type ?? 'unknown'}/${what ?? 'unknown'}`.replace(/[^\x21-\x7e]/gu, '?').slice(0, 64);
}

/** Types of the media line; those of its rtpmap lines where it names none. */
function payloadTypesOf(media: MediaDescription): number[] {
  const named = String(media.payloads ?? '').split(' ');
  const types = [...named, ...media.rtp.map(({ payload }) => String(payload))]
    .filter((type) => /^\d{1,3}$/u.test(type) && Number(type) <= 127)
    .map(Number);
  return types.slice(0, Math.max(1, Math.min(named.length, 32)));
}

/** The first line for the payload type; that of another type where the section has no more than one line and one type. */
function lineOf<T extends { payload: number }>(
  lines: readonly T[],
  payloadType: number,
  media: MediaDescription,
): T | undefined {
  const matching = lines.find((line) => line.payload === payloadType);
  if (matching !== undefined) return matching;
  return lines.length === 1 && payloadTypesOf(media).length === 1 && payloadType >= 96 ? lines[0] : undefined;
}

function encodingOf(media: MediaDescription, payloadType: number) {
  const line = lineOf(media.rtp, payloadType, media);
  if (line === undefined || line.codec === '') return null;
  return {
    name: String(line.codec).toUpperCase(),
    clockRateHz: Number(line.rate),
    channels: Number(line.encoding),
  };
}

function parametersOf(media: MediaDescription, payloadType: number): ReadonlyMap<string, string> {
  const config = String(lineOf(media.fmtp, payloadType, media)?.config ?? '');
  const parameters = config
    .split(';')
    .slice(0, maxParameters)
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter !== '')
    .map((parameter): [string, string] => {
      const equals = parameter.indexOf('=');
      if (equals < 0) return [parameter.toLowerCase(), ''];
      return [parameter.slice(0, equals).trim().toLowerCase(), parameter.slice(equals + 1).trim()];
    });
  return new Map(parameters);
}

function isAbsolute(url: string): boolean {
  return /^rtsps?:\/\//iu.test(url);
}

function violation(what: string): RecorderError {
  return new RecorderError('PROTOCOL_VIOLATION', `the description of the stream ${what}`);
}
