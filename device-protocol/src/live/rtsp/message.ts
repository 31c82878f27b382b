import type { RtspHeaders } from './headers.ts';
import { RtspProtocolError } from './protocol-error.ts';

/** RFC 2326 §6. The method is as sent: methods are case-sensitive. */
export interface RtspRequest {
  kind: 'request';
  method: string;
  url: string;
  headers: RtspHeaders;
  body: Buffer;
}

/** RFC 2326 §7. */
export interface RtspResponse {
  kind: 'response';
  status: number;
  reason: string;
  headers: RtspHeaders;
  body: Buffer;
}

/** A packet of another protocol between messages, mostly RTP or RTCP (RFC 2326 §10.12). */
export interface InterleavedFrame {
  kind: 'frame';
  channel: number;
  /** Belongs to the taker: nothing writes to it later. */
  payload: Buffer;
}

export const frameHeadBytes = 4;
export const mostFramePayloadBytes = 0xffff;
const dollar = 0x24;
const noBody = Buffer.alloc(0);

type Outgoing<Message> = Omit<Message, 'kind' | 'body' | 'reason'> & { body?: Buffer | string };

/** Throws RtspProtocolError where the start line could not stand on one line. Content-Length is added. */
export function encodeRequest({ method, url, headers, body }: Outgoing<RtspRequest>): Buffer {
  if (!/^[!-~]+$/u.test(method) || !/^[!-~]+$/u.test(url))
    throw new RtspProtocolError('a method or URL holds spaces or characters beyond ASCII');
  return encode(`${method} ${url} RTSP/1.0`, headers, body);
}

/** The reason is the usual one of that status (RFC 2326 §7.1.1). Content-Length is added. */
export function encodeResponse({ status, headers, body }: Outgoing<RtspResponse>): Buffer {
  return encode(`RTSP/1.0 ${status} ${reasons.get(status) ?? 'Unknown'}`, headers, body);
}

function encode(startLine: string, headers: RtspHeaders, body: Buffer | string = noBody): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const lines = [...headers]
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => `${name}: ${value}`);
  if (bytes.length > 0) lines.push(`Content-Length: ${bytes.length}`);
  const head = Buffer.from([startLine, ...lines, '', ''].join('\r\n'));
  return bytes.length > 0 ? Buffer.concat([head, bytes]) : head;
}

/** The four bytes before an interleaved payload, so that the payload itself need not be copied. */
export function encodeFrameHead(channel: number, payloadBytes: number): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  writeFrameHead(head, 0, channel, payloadBytes);
  return head;
}

/** Writes the same into memory that is there. Returns where the payload follows. */
export function writeFrameHead(into: Buffer, at: number, channel: number, payloadBytes: number): number {
  if (payloadBytes > mostFramePayloadBytes)
    throw new RangeError(`a frame carries at most ${mostFramePayloadBytes} bytes`);
  into.writeUInt16BE((dollar << 8) | channel, at);
  return into.writeUInt16BE(payloadBytes, at + 2);
}

const reasons: ReadonlyMap<number, string> = new Map([
  [100, 'Continue'],
  [200, 'OK'],
  [301, 'Moved Permanently'],
  [302, 'Moved Temporarily'],
  [303, 'See Other'],
  [305, 'Use Proxy'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [408, 'Request Time-out'],
  [413, 'Request Entity Too Large'],
  [414, 'Request-URI Too Large'],
  [415, 'Unsupported Media Type'],
  [451, 'Parameter Not Understood'],
  [453, 'Not Enough Bandwidth'],
  [454, 'Session Not Found'],
  [455, 'Method Not Valid in This State'],
  [457, 'Invalid Range'],
  [459, 'Aggregate operation not allowed'],
  [460, 'Only aggregate operation allowed'],
  [461, 'Unsupported transport'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [505, 'RTSP Version not supported'],
  [551, 'Option not supported'],
]);
