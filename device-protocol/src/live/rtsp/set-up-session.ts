import { parseDescription } from '../description/parse-description.ts';
import type { LiveTransport } from '../live-feed.ts';
import type { LiveDescription, LiveTrack } from '../live-track.ts';
import type { Dialogue } from './dialogue.ts';
import { refusal } from './dialogue.ts';
import { LiveError } from './live-error.ts';
import type { RtspResponse } from './message.ts';
import { parseRtspUrl } from './rtsp-url.ts';
import { parseSession, type SessionHeader } from './session-header.ts';
import { encodeTransport, type PacketPair, parseTransports, type TransportSpec } from './transport-header.ts';
import { type PortRange, UdpPair } from './udp-pair.ts';

/** How the packets of one track come. */
export interface TrackPath {
  track: LiveTrack;
  /** What the track is set up and, where there is no other way, played by. */
  url: string;
  channels: PacketPair | null;
  udp: UdpPair | null;
}

/** A session that is set up and does not play yet. */
export interface SetUpSession {
  description: LiveDescription;
  session: SessionHeader;
  paths: TrackPath[];
  /** What PLAY and TEARDOWN name. */
  url: string;
  hasGetParameter: boolean;
}

/** What a server answers where the way of carrying packets is what it cannot do. */
const wayRefused: ReadonlySet<number> = new Set([400, 406, 415, 461, 500, 501, 503]);

/**
 * OPTIONS, DESCRIBE and a SETUP for each track (RFC 2326 §10.1–10.4), by the first way of carrying packets that is not
 * refused: on one connection, for a recorder that has just been left may not serve anew at once. Closes its UDP ports
 * where it fails.
 */
export async function setUpSession(
  dialogue: Dialogue,
  url: string,
  transports: readonly LiveTransport[],
  udpPorts: PortRange | undefined,
): Promise<SetUpSession> {
  const hasGetParameter = await asksForGetParameter(dialogue, url);
  const described = await describe(dialogue, url);
  let failure: unknown;
  for (const transport of transports) {
    try {
      return { ...(await setUpTracks(dialogue, described, transport, udpPorts)), hasGetParameter };
    } catch (error) {
      if (!(error instanceof LiveError) || error.code !== 'transport-refused') throw error;
      failure = error;
    }
  }
  throw failure;
}

/** A SETUP for each track, all by one way. Closes its UDP ports where it fails. */
async function setUpTracks(
  dialogue: Dialogue,
  { description, base }: Described,
  transport: LiveTransport,
  udpPorts: PortRange | undefined,
): Promise<Omit<SetUpSession, 'hasGetParameter'>> {
  const refused = [...description.refused];
  const paths: TrackPath[] = [];
  let session: SessionHeader | null = null;
  try {
    for (const track of description.tracks) {
      const path = await pathOf(dialogue, track, base, transport, paths.length, udpPorts);
      paths.push(path);
      const response = await setUp(dialogue, path, session);
      if (response === null) {
        refused.push(track.codec);
        await paths.pop()?.udp?.close();
      } else {
        session = sessionOf(response) ?? session;
        takeAnswer(path, response);
      }
    }
    if (session === null) throw new LiveError('protocol', 'the recorder gives no session');
    const tracks = paths.map(({ track }) => track);
    return {
      description: { ...description, tracks, refused },
      session,
      paths,
      url: bare(description.control ?? base),
    };
  } catch (error) {
    await Promise.all(paths.map(({ udp }) => udp?.close()));
    throw error;
  }
}

/** Some answer OPTIONS with an error and serve well; only who asks for a password is to be answered. */
async function asksForGetParameter(dialogue: Dialogue, url: string): Promise<boolean> {
  const response = await dialogue.ask('OPTIONS', url);
  return /\bGET_PARAMETER\b/iu.test(response.headers.all('Public').join(','));
}

interface Described {
  description: LiveDescription;
  base: string;
}

async function describe(dialogue: Dialogue, url: string): Promise<Described> {
  const response = await dialogue.must('DESCRIBE', url, [['Accept', 'application/sdp']]);
  const base = baseOf(response, url);
  const description = readDescription(response.body, base);
  if (description.tracks.length > 0) return { description, base };
  const named = description.refused.map((name) => name.replace(/[^\w./-]/gu, '').slice(0, 40)).join(', ');
  throw new LiveError('no-usable-track', `the stream has no track that can be carried (${named || 'none'})`);
}

function readDescription(body: Buffer, baseUrl: string): LiveDescription {
  try {
    return parseDescription(body.toString(), { baseUrl });
  } catch (cause) {
    throw new LiveError('protocol', 'the description of the stream cannot be read', { cause });
  }
}

/** What control attributes stand below (RFC 2326 §C.1.1). */
function baseOf({ headers }: RtspResponse, url: string): string {
  const told = headers.get('Content-Base') ?? headers.get('Content-Location');
  if (told === null || told === '' || !URL.canParse(told, url)) return url;
  const { href } = new URL(told, url);
  return href.toLowerCase().startsWith('rtsp:') ? bare(href) : url;
}

async function pathOf(
  { connection }: Dialogue,
  track: LiveTrack,
  base: string,
  transport: LiveTransport,
  place: number,
  udpPorts: PortRange | undefined,
): Promise<TrackPath> {
  const url = bare(track.control ?? base);
  if (transport === 'tcp')
    return { track, url, channels: { rtp: 2 * place, rtcp: 2 * place + 1 }, udp: null };
  const udp = await UdpPair.open(connection.localAddress, connection.remoteAddress, udpPorts);
  return { track, url, channels: null, udp };
}

/** The answer; `null` where this track is refused and others may do. */
async function setUp(
  dialogue: Dialogue,
  { track, url, channels, udp }: TrackPath,
  session: SessionHeader | null,
): Promise<RtspResponse | null> {
  const offer: TransportSpec = {
    lower: udp === null ? 'tcp' : 'udp',
    interleaved: channels,
    clientPorts: udp?.ports ?? null,
    serverPorts: null,
    source: null,
    ssrc: null,
    mode: 'play',
  };
  const response = await dialogue.ask('SETUP', url, [
    ['Transport', encodeTransport(offer)],
    ...(session === null ? [] : [['Session', session.id] as const]),
  ]);
  if (response.status >= 200 && response.status < 300) return response;
  // Sound that cannot be had is missed less than the picture it goes with.
  if (session !== null && track.kind === 'audio') return null;
  if (wayRefused.has(response.status))
    throw new LiveError(
      'transport-refused',
      `the recorder answered SETUP by ${offer.lower} with ${response.status}`,
    );
  throw refusal('SETUP', response.status);
}

function takeAnswer(path: TrackPath, response: RtspResponse): void {
  const [settled] = parseTransports(response.headers.get('Transport') ?? '');
  if (settled !== undefined && settled.lower !== (path.udp === null ? 'tcp' : 'udp'))
    throw new LiveError('transport-refused', 'the recorder chose another way than was asked for');
  // Recorders take other channels than asked for, and some the same for all tracks.
  if (path.channels !== null) path.channels = settled?.interleaved ?? path.channels;
  path.udp?.expect(settled?.serverPorts ?? null, settled?.source ?? null);
}

function sessionOf({ headers }: RtspResponse): SessionHeader | null {
  return parseSession(headers.get('Session') ?? '');
}

/** Without user name and password, which recorders have been seen to repeat. */
function bare(url: string): string {
  try {
    return parseRtspUrl(url).text;
  } catch {
    throw new LiveError('protocol', 'the recorder names a URL that is none');
  }
}
