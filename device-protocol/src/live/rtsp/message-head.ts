import { isHeader, RtspHeaders } from './headers.ts';
import type { RtspRequest, RtspResponse } from './message.ts';
import { RtspProtocolError } from './protocol-error.ts';

const mostLineBytes = 4096;
const mostHeadBytes = 16 * 1024;
const mostHeaders = 64;
const newline = 0x0a;

export type StartLine =
  | Pick<RtspRequest, 'kind' | 'method' | 'url'>
  | Pick<RtspResponse, 'kind' | 'status' | 'reason'>;

/** Start line and headers of one message. */
export interface Head {
  start: StartLine;
  headers: RtspHeaders;
  bodyBytes: number;
}

/** Reads one head, line by line. The first line that cannot be right is refused before more is taken. */
export class HeadReader {
  readonly #mostBodyBytes: number;
  readonly #bytes: Buffer[] = [];
  #takenBytes = 0;
  #examinedBytes = 0;
  /** Of the line that has not ended. */
  #lineBytes = 0;
  #line: Buffer[] = [];
  #start: StartLine | null = null;
  readonly #headers: [name: string, value: string][] = [];

  constructor(mostBodyBytes: number) {
    this.#mostBodyBytes = mostBodyBytes;
  }

  /** Looked at so far, also in vain. */
  get examinedBytes(): number {
    return this.#examinedBytes;
  }

  /** Everything taken so far. */
  get taken(): Buffer {
    const [only = Buffer.alloc(0)] = this.#bytes;
    return this.#bytes.length > 1 ? Buffer.concat(this.#bytes) : only;
  }

  /** Takes bytes up to the end of the head. Throws RtspProtocolError; `taken` is then what came before `bytes`. */
  take(bytes: Buffer): { head: Head | null; used: number } {
    let used = 0;
    let head: Head | null = null;
    while (head === null && used < bytes.length) {
      // No further than a line may go: what follows is looked at once, however often a line is begun.
      const reach = bytes.subarray(used, used + mostLineBytes + 1);
      const end = reach.indexOf(newline);
      const part = end < 0 ? reach : reach.subarray(0, end + 1);
      used += part.length;
      this.#examinedBytes += part.length;
      this.#lineBytes += part.length;
      if (this.#lineBytes > mostLineBytes) throw new RtspProtocolError('a line is too long', 414);
      if (this.#takenBytes + used > mostHeadBytes) throw new RtspProtocolError('the head is too long', 413);
      this.#line.push(part);
      if (end >= 0) head = this.#endLine();
    }
    this.#bytes.push(bytes.subarray(0, used));
    this.#takenBytes += used;
    return { head, used };
  }

  #endLine(): Head | null {
    const [only] = this.#line;
    const whole = this.#line.length === 1 && only !== undefined ? only : Buffer.concat(this.#line);
    const line = whole.toString('latin1').replace(/\r?\n$/u, '');
    this.#line = [];
    this.#lineBytes = 0;
    if (this.#start === null) {
      this.#start = parseStartLine(line);
      return null;
    }
    if (line === '') return this.#end(this.#start);
    this.#addHeader(line);
    return null;
  }

  #addHeader(line: string): void {
    const last = this.#headers.at(-1);
    if (/^[ \t]/u.test(line)) {
      // A line that begins with space goes on with the header before it (RFC 2616 §4.2).
      const more = line.trim();
      if (last !== undefined && isHeader(last[0], more)) last[1] += ` ${more}`;
      return;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    const value = Buffer.from(line.slice(colon + 1), 'latin1')
      .toString()
      .trim();
    // Recorders are known to send lines that are no header; they carry nothing we could need.
    if (!isHeader(name, value)) return;
    if (this.#headers.length === mostHeaders) throw new RtspProtocolError('too many headers');
    this.#headers.push([name, value]);
  }

  #end(start: StartLine): Head {
    const headers = new RtspHeaders(this.#headers);
    const bodyBytes = bodyBytesOf(headers);
    if (bodyBytes > this.#mostBodyBytes) throw new RtspProtocolError('the body is too long', 413);
    return { start, headers, bodyBytes };
  }
}

function bodyBytesOf(headers: RtspHeaders): number {
  const told = new Set(headers.all('Content-Length'));
  const [length = '0'] = told;
  if (told.size > 1 || !/^\d{1,9}$/u.test(length)) throw new RtspProtocolError('Content-Length is no length');
  return Number(length);
}

const requestLine = /^([A-Za-z_]{1,32}) +([!-~]{1,2048}) +RTSP\/(\d)\.\d *$/iu;
const statusLine = /^RTSP\/(\d)\.\d +([1-9]\d\d)(?: +(.*))?$/iu;

function parseStartLine(line: string): StartLine {
  const answer = statusLine.exec(line);
  const request = answer === null ? requestLine.exec(line) : null;
  const version = answer?.[1] ?? request?.[3];
  if (version === undefined) throw new RtspProtocolError('a line that begins no message');
  if (version !== '1') throw new RtspProtocolError('only RTSP/1.0 is spoken here', 505);
  if (answer !== null)
    return {
      kind: 'response',
      status: Number(answer[2]),
      reason: (answer[3] ?? '').replace(/[^ -~]/gu, '?').trim(),
    };
  return { kind: 'request', method: request?.[1] ?? '', url: request?.[2] ?? '' };
}
