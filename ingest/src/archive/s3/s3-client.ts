import { createHash } from 'node:crypto';
import { sha256Hex } from '../../store/sealed-record.ts';
import type { ArchiveRefusal } from '../archive-refusal.ts';
import type { S3TargetSettings } from '../target-settings.ts';
import { type Answer, S3Connection } from './s3-connection.ts';
import { type DialectHabits, dialectHabits } from './s3-dialect.ts';
import { s3Refusal } from './s3-refusal.ts';
import { S3Signer } from './s3-signer.ts';
import { parseXml, textOf, type XmlElement } from './s3-xml.ts';

/** Bytes to send, with the digests they must arrive with. */
export interface SignedBody {
  bytes: Uint8Array;
  /** Lower-case hex. */
  sha256: string;
  md5: string;
}

export interface S3Call {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  bucket: string;
  /** Empty: the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: SignedBody;
  pace?: (sizeBytes: number) => Promise<void>;
  sink?: (piece: Buffer) => void | Promise<void>;
}

export interface S3Answer extends Answer {
  /** The body as XML, where it is. */
  xml: { name: string; content: XmlElement } | null;
  /** What the server's clock showed; ours, corrected by what is known of its, where it tells no time. */
  serverTime: Date;
}

/** Further than this from ours, the server's clock is why it refuses us. Servers allow 15 minutes. */
const skewMs = 5 * 60_000;

const emptySha256 = sha256Hex('');

/** A small document as a body: hashed here, which footage never is. */
export function smallBody(bytes: Buffer | string): SignedBody {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return {
    bytes: buffer,
    sha256: sha256Hex(buffer),
    md5: createHash('md5').update(buffer).digest('hex'),
  };
}

/**
 * Calls of S3 by name: signed with the digest of their body, answered in full or refused with an `ArchiveRefusal`. Where
 * our clock is the reason of a refusal, the offset is learnt from the answer and the call made again at once.
 */
export class S3Client {
  readonly habits: DialectHabits;
  readonly #connection: S3Connection;
  readonly #signer: S3Signer;
  readonly #host: string;
  readonly #basePath: string;
  readonly #isPathStyle: boolean;
  /** How far the server's clock is ahead of ours. */
  #offsetMs = 0;

  constructor(settings: S3TargetSettings) {
    const endpoint = new URL(settings.endpoint);
    this.habits = dialectHabits[settings.dialect];
    this.#isPathStyle = settings.isPathStyle ?? this.habits.isPathStyle;
    this.#host = endpoint.host;
    this.#basePath = endpoint.pathname.replace(/\/$/u, '');
    this.#signer = new S3Signer(settings);
    this.#connection = new S3Connection({ ...settings, connections: settings.parallelParts + 4 });
  }

  /** The server's time by our clock and the offset learnt from it. */
  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** Throws ArchiveRefusal unless the answer is a success. */
  async call(call: S3Call, signal: AbortSignal): Promise<S3Answer> {
    const answer = await this.#send(call, signal);
    const refusal = refusalIn(answer, call);
    if (refusal === null) return answer;
    if (!this.#learnsClock(refusal, answer)) throw refusal;
    const again = await this.#send(call, signal);
    const second = refusalIn(again, call);
    if (second === null) return again;
    throw second;
  }

  /** As `call`, but resolves with `null` where what is asked for is not there. */
  async callOrNothing(call: S3Call, signal: AbortSignal): Promise<S3Answer | null> {
    try {
      return await this.call(call, signal);
    } catch (error) {
      const { status, code } = error as ArchiveRefusal;
      // A bucket or an upload that is missing is another matter.
      if (status === 404 && code === 'malformed') return null;
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #send(call: S3Call, signal: AbortSignal): Promise<S3Answer> {
    const { method, bucket, key = '', query = {}, body } = call;
    const host = this.#isPathStyle ? this.#host : `${bucket}.${this.#host}`;
    const path = `${this.#basePath}/${this.#isPathStyle ? `${bucket}/${escapeKey(key)}` : escapeKey(key)}`;
    const headers = await this.#signer.sign(
      {
        method,
        host,
        path,
        query,
        headers: {
          ...call.headers,
          'x-amz-content-sha256': body?.sha256 ?? emptySha256,
          ...(body === undefined ? {} : { 'content-md5': Buffer.from(body.md5, 'hex').toString('base64') }),
        },
      },
      this.now(),
    );
    if (method === 'PUT' || method === 'POST') headers['content-length'] = String(body?.bytes.length ?? 0);
    const answer = await this.#connection.exchange({
      method,
      host,
      target: path + queryString(query),
      headers,
      body: body?.bytes ?? null,
      pace: call.pace,
      sink: call.sink,
      signal,
    });
    const told = Date.parse(answer.headers.date ?? '');
    const serverTime = Number.isNaN(told) ? this.now() : new Date(told);
    return { ...answer, xml: parseXmlBody(answer), serverTime };
  }

  /** True where the server's clock is why it refused, and we did not know that yet. */
  #learnsClock(refusal: ArchiveRefusal, { serverTime, status }: S3Answer): boolean {
    const offsetMs = serverTime.getTime() - Date.now();
    const isSkewed = Math.abs(offsetMs - this.#offsetMs) > skewMs;
    if (refusal.code !== 'clock-skewed' && !(status === 403 && isSkewed)) return false;
    this.#offsetMs = offsetMs;
    return true;
  }
}

function parseXmlBody({ body, headers }: Answer): S3Answer['xml'] {
  const looksLikeXml =
    /xml/u.test(headers['content-type'] ?? '') || body.subarray(0, 5).toString() === '<?xml';
  return body.length > 0 && looksLikeXml ? parseXml(body) : null;
}

/** The refusal in an answer; AWS gives some with status 200, while it was still at work. */
function refusalIn(answer: S3Answer, { method, bucket, key = '', sink }: S3Call): ArchiveRefusal | null {
  const isSuccess = answer.status >= 200 && answer.status < 300;
  const error = answer.xml?.name === 'Error' && sink === undefined ? answer.xml.content : undefined;
  if (isSuccess && (error === undefined || method === 'GET')) return null;
  return s3Refusal(
    { status: isSuccess ? 500 : answer.status, headers: answer.headers },
    {
      code: textOf(error, 'Code').slice(0, 100),
      message: textOf(error, 'Message').slice(0, 300),
      doing: `${method} ${bucket}/${key}`,
      isOfBucket: key === '',
    },
  );
}

/** RFC 3986, as S3 signs it: everything but letters, digits and `-_.~`. */
function escapePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function escapeKey(key: string): string {
  return key.split('/').map(escapePart).join('/');
}

function queryString(query: Record<string, string>): string {
  const parts = Object.entries(query).map(([name, value]) =>
    value === '' ? escapePart(name) : `${escapePart(name)}=${escapePart(value)}`,
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
