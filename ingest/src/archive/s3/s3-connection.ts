import { readFileSync } from 'node:fs';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { ArchiveRefusal } from '../archive-refusal.ts';

/** Written to the socket at once: small enough that a throttled line flows evenly. */
const pieceBytes = 512 * 1024;
/** The longest answer that is kept whole: a list of 1000 parts or keys has some hundred kibibytes. */
const answerBytes = 16 * 1024 * 1024;

export interface ConnectionOptions {
  endpoint: string;
  caFile: string | null;
  /** Requests under way at once. */
  connections: number;
  idleTimeoutMs: number;
}

export interface Exchange {
  method: string;
  host: string;
  /** With the query, escaped. */
  target: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
  /** Awaited before each piece of the body; what it throws ends the exchange. */
  pace?: ((sizeBytes: number) => Promise<void>) | undefined;
  /** Takes the body of a successful answer piece by piece, however long it is. */
  sink?: ((piece: Buffer) => void | Promise<void>) | undefined;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Empty where a sink took it. */
  body: Buffer;
}

/** HTTP to one endpoint over connections that are kept. Nothing has a total time: only a line on which nothing moves is given up. */
export class S3Connection {
  readonly #endpoint: URL;
  readonly #agent: http.Agent | https.Agent;
  readonly #idleTimeoutMs: number;

  constructor({ endpoint, caFile, connections, idleTimeoutMs }: ConnectionOptions) {
    this.#endpoint = new URL(endpoint);
    this.#idleTimeoutMs = idleTimeoutMs;
    const kept = { keepAlive: true, maxSockets: connections, scheduling: 'lifo' } as const;
    this.#agent =
      this.#endpoint.protocol === 'https:'
        ? new https.Agent({
            ...kept,
            ...(caFile === null ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] }),
          })
        : new http.Agent(kept);
  }

  /** Rejects with `unreachable` where the connection fails, and with the reason of `signal` where that is aborted. */
  async exchange(exchange: Exchange): Promise<Answer> {
    try {
      return await this.#once(exchange);
    } catch (error) {
      // The other side may close a kept connection at the very moment it is used again.
      if (!(error instanceof StaleConnection)) throw error;
      return this.#once(exchange, { isSecondTry: true });
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #once(exchange: Exchange, { isSecondTry = false } = {}): Promise<Answer> {
    exchange.signal.throwIfAborted();
    const { protocol, port } = this.#endpoint;
    const request = (protocol === 'https:' ? https : http).request({
      agent: this.#agent,
      host: exchange.host.replace(/:\d+$/u, '').replace(/^\[|\]$/gu, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      method: exchange.method,
      path: exchange.target,
      headers: exchange.headers,
      signal: exchange.signal,
    });
    const idle = new IdleWatch(this.#idleTimeoutMs, () => request.destroy(new Error('nothing moves')));
    const conversation = new Conversation(request, idle);
    try {
      return await conversation.hold(exchange);
    } catch (error) {
      request.destroy();
      if (exchange.signal.aborted) throw exchange.signal.reason;
      if (error instanceof OwnFailure) throw error.cause;
      const isFresh = isSecondTry || !request.reusedSocket || conversation.isAnswered || idle.hasExpired;
      // A POST begins or ends an upload, and may have done so: who sent it asks what there is now, and begins no second one.
      const isRepeatable = exchange.method !== 'POST';
      if (!isFresh && isRepeatable && isBrokenLine(error)) throw new StaleConnection();
      throw this.#refusal(error, exchange, idle.hasExpired);
    } finally {
      idle.stop();
    }
  }

  #refusal(error: unknown, { method }: Exchange, isIdle: boolean): ArchiveRefusal {
    if (error instanceof ArchiveRefusal) return error;
    const why = isIdle ? `nothing moved for ${this.#idleTimeoutMs} ms` : String((error as Error).message);
    return new ArchiveRefusal('unreachable', `${method} at ${this.#endpoint.host}: ${why}`, { cause: error });
  }
}

/** Whether a connection broke off, rather than was never made or timed out. */
export function isBrokenLine(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: string };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

class StaleConnection extends Error {}

/** What was thrown by whoever paces the body or takes the answer: not the line's fault. */
class OwnFailure extends Error {}

/** Ends a request on which nothing moves; while we ourselves hold it up it does not count. */
class IdleWatch {
  readonly #timer: NodeJS.Timeout;
  #isHeld = false;
  hasExpired = false;

  constructor(timeoutMs: number, onIdle: () => void) {
    this.#timer = setTimeout(() => {
      if (this.#isHeld) {
        this.#timer.refresh();
        return;
      }
      this.hasExpired = true;
      onIdle();
    }, timeoutMs);
  }

  moved(): void {
    this.#timer.refresh();
  }

  async whileHeld<Result>(work: Promise<Result>): Promise<Result> {
    this.#isHeld = true;
    try {
      return await work;
    } catch (error) {
      throw new OwnFailure('', { cause: error });
    } finally {
      this.#isHeld = false;
      this.#timer.refresh();
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** One request and its answer. The answer may come before the body is out, as a refusal does. */
class Conversation {
  readonly #request: ClientRequest;
  readonly #idle: IdleWatch;
  readonly #response: Promise<IncomingMessage>;
  isAnswered = false;

  constructor(request: ClientRequest, idle: IdleWatch) {
    this.#request = request;
    this.#idle = idle;
    this.#response = new Promise((resolve, reject) => {
      request.once('response', (response) => {
        this.isAnswered = true;
        resolve(response);
      });
      request.on('error', reject);
      request.once('close', () => reject(new Error('the connection was closed')));
    });
    // Awaited only once the body is out.
    this.#response.catch(() => {});
  }

  async hold(exchange: Exchange): Promise<Answer> {
    await this.#write(exchange.body, exchange.pace);
    const response = await this.#response;
    const status = response.statusCode ?? 0;
    const sink = status >= 200 && status < 300 ? exchange.sink : undefined;
    const body = await this.#read(response, sink);
    // A body that was not taken whole leaves a connection nobody can use.
    if (!this.#request.writableEnded) this.#request.destroy();
    return { status, headers: response.headers, body };
  }

  async #write(body: Uint8Array | null, pace: Exchange['pace']): Promise<void> {
    const sizeBytes = body?.length ?? 0;
    for (let position = 0; body !== null && position < sizeBytes; position += pieceBytes) {
      const piece = body.subarray(position, position + pieceBytes);
      if (pace !== undefined) await this.#idle.whileHeld(pace(piece.length));
      if (this.isAnswered) return;
      if (!this.#request.write(piece)) await this.#drained();
      this.#idle.moved();
    }
    this.#request.end();
  }

  /** Until the piece is out, or nobody wants it any more. */
  async #drained(): Promise<void> {
    const drained = new Promise<void>((resolve) => this.#request.once('drain', resolve));
    await Promise.race([drained, this.#response]);
  }

  async #read(response: IncomingMessage, sink: Exchange['sink']): Promise<Buffer> {
    const kept: Buffer[] = [];
    let keptBytes = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      this.#idle.moved();
      if (sink !== undefined) {
        const taken = sink(piece);
        if (taken !== undefined) await this.#idle.whileHeld(taken);
        continue;
      }
      keptBytes += piece.length;
      if (keptBytes > answerBytes)
        throw new ArchiveRefusal('failed', `an answer is longer than ${answerBytes} bytes`);
      kept.push(piece);
    }
    if (!response.complete) throw new Error('the answer was cut off');
    return Buffer.concat(kept);
  }
}
