import { isIP } from 'node:net';

/** RTP and RTCP: two channels of one connection, or two ports. */
export interface PacketPair {
  rtp: number;
  rtcp: number;
}

/** One way to carry packets that a Transport header offers or settles on (RFC 2326 §12.39). Only RTP/AVP, unicast. */
export interface TransportSpec {
  lower: 'tcp' | 'udp';
  /** Channels of the RTSP connection; of TCP only. */
  interleaved: PacketPair | null;
  clientPorts: PacketPair | null;
  serverPorts: PacketPair | null;
  /** IP address that packets come from, where the server names it. */
  source: string | null;
  ssrc: number | null;
  mode: 'play' | 'record';
}

const mostAlternatives = 8;
const mostParameters = 32;

/** The offers of a Transport header in its order. What is not RTP/AVP unicast, or malformed, is left out. */
export function parseTransports(value: string): TransportSpec[] {
  return value
    .split(',', mostAlternatives)
    .map(parseOne)
    .filter((spec) => spec !== null);
}

/** As it stands in a Transport header. `mode` is written for recording only; playing is what a header means without. */
export function encodeTransport(spec: TransportSpec): string {
  const parts = [spec.lower === 'tcp' ? 'RTP/AVP/TCP' : 'RTP/AVP', 'unicast'];
  if (spec.interleaved !== null) parts.push(`interleaved=${range(spec.interleaved)}`);
  if (spec.clientPorts !== null) parts.push(`client_port=${range(spec.clientPorts)}`);
  if (spec.serverPorts !== null) parts.push(`server_port=${range(spec.serverPorts)}`);
  if (spec.source !== null) parts.push(`source=${spec.source}`);
  if (spec.ssrc !== null) parts.push(`ssrc=${spec.ssrc.toString(16).toUpperCase().padStart(8, '0')}`);
  if (spec.mode === 'record') parts.push('mode=record');
  return parts.join(';');
}

function range({ rtp, rtcp }: PacketPair): string {
  return `${rtp}-${rtcp}`;
}

function parseOne(text: string): TransportSpec | null {
  const [protocol = '', ...parameters] = text.split(';', mostParameters).map((part) => part.trim());
  const lower = lowerTransport(protocol);
  const told = new Map(parameters.map(parameter));
  if (lower === null || told.has('multicast')) return null;
  const interleaved = pairOf(told.get('interleaved'), 255);
  const source = told.get('source') ?? '';
  return {
    lower,
    interleaved: lower === 'tcp' ? interleaved : null,
    clientPorts: pairOf(told.get('client_port'), 65_535),
    serverPorts: pairOf(told.get('server_port'), 65_535),
    source: isIP(source) > 0 ? source : null,
    ssrc: ssrcOf(told.get('ssrc')),
    mode: /record|receive/iu.test(told.get('mode') ?? '') ? 'record' : 'play',
  };
}

function lowerTransport(protocol: string): 'tcp' | 'udp' | null {
  const match = /^RTP\/AVP(?:\/(TCP|UDP))?$/iu.exec(protocol);
  if (match === null) return null;
  return match[1]?.toUpperCase() === 'TCP' ? 'tcp' : 'udp';
}

function parameter(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  if (equals < 0) return [text.toLowerCase(), ''];
  const value = text.slice(equals + 1).trim();
  return [text.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/u, '$1')];
}

/** `4-5`, or `4` alone: then RTCP is the one after. */
function pairOf(text: string | undefined, most: number): PacketPair | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/u.exec(text ?? '');
  if (match === null) return null;
  const rtp = Number(match[1]);
  const rtcp = match[2] === undefined ? rtp + 1 : Number(match[2]);
  return rtp <= most && rtcp <= most ? { rtp, rtcp } : null;
}

function ssrcOf(text: string | undefined): number | null {
  return /^[0-9a-f]{1,8}$/iu.test(text ?? '') ? Number.parseInt(text ?? '', 16) : null;
}
