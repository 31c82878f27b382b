import { readFileSync } from 'node:fs';
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { errnoOf } from '../../errors.ts';
import { ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import type { HttpTargetSettings } from '../target-settings.ts';
import type { Answer, AnswerHead } from './http-refusals.ts';

export interface Question {
  method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the address of the service, or the path of a Location it gave. */
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
}

/** The longest answer that is read whole. */
const longestAnswerBytes = 4 * 1024 * 1024;
const connections = 8;

/** Connections to one receiving service: kept open, given up when nothing moves, and with a bound on all that is read. */
export class HttpLine {
  readonly #name: string;
  readonly #base: URL;
  readonly #token: string;
  readonly #agent: PlainAgent | SecureAgent;
  readonly #idleTimeoutMs: number;

  constructor({ name, url, token, caFile, idleTimeoutMs }: HttpTargetSettings) {
    this.#name = name;
    this.#base = new URL(url.endsWith('/') ? url : `${url}/`);
    this.#token = token;
    this.#idleTimeoutMs = idleTimeoutMs;
    const options = { keepAlive: true, maxSockets: connections, timeout: idleTimeoutMs };
    this.#agent =
      this.#base.protocol === 'https:'
        ? new SecureAgent({ ...options, ...(caFile === null ? {} : { ca: trusting(caFile) }) })
        : new PlainAgent(options);
  }

  /** The path of an address the service gave. The token goes to no other service: throws `malformed` for one elsewhere. */
  pathOf(location: string): string {
    const url = URL.canParse(location, this.#base.href) ? new URL(location, this.#base) : null;
    // A service behind a proxy may call itself http where it is asked by https: what is kept is the path alone.
    if (url === null || url.host !== this.#base.host || location.length > 2048) {
      throw new ArchiveRefusal('malformed', `archive ${this.#name} gave an address that is not its own`);
    }
    return `${url.pathname}${url.search}`;
  }

  /** Asks, and reads the answer whole. Throws `unreachable` where none came, or the signal's reason. */
  ask(question: Question, signal: AbortSignal): Promise<Answer> {
    return this.read(question, signal, async (head, body) => {
      const parts: Uint8Array[] = [];
      let lengthBytes = 0;
      for await (const piece of body) {
        lengthBytes += piece.length;
        if (lengthBytes > longestAnswerBytes) {
          throw new ArchiveRefusal('failed', `archive ${this.#name} answers without end`);
        }
        parts.push(piece);
      }
      return { ...head, body: Buffer.concat(parts) };
    });
  }

  /** Asks, and hands the body of the answer on as it comes; what `take` throws ends the exchange. */
  async read<Result>(
    question: Question,
    signal: AbortSignal,
    take: (head: AnswerHead, body: AsyncIterable<Uint8Array>) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    try {
      return await this.#exchange(question, signal, take);
    } catch (error) {
      signal.throwIfAborted();
      // A kept connection that the service closed in the same moment. A piece of footage goes again only by its sender's will.
      if (!(error instanceof StaleConnection)) throw this.#unreachable(error);
      if (question.method === 'PATCH') {
        throw new ArchiveRefusal('conflict', `archive ${this.#name} closed the connection under a piece`);
      }
    }
    try {
      return await this.#exchange(question, signal, take);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#unreachable(error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #exchange<Result>(
    question: Question,
    signal: AbortSignal,
    take: (head: AnswerHead, body: AsyncIterable<Uint8Array>) => Promise<Result>,
  ): Promise<Result> {
    const { answered, give, settle } = this.#send(question);
    const onAbort = () => give(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const answer = await answered;
      const result = await take({ status: answer.statusCode ?? 0, headers: answer.headers }, answer);
      settle();
      return result;
    } catch (error) {
      give(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #send({ method, path, headers = {}, body }: Question): {
    answered: Promise<IncomingMessage>;
    give(reason: unknown): void;
    /** An answer that came before the question was all sent leaves a connection nothing more can be asked on. */
    settle(): void;
  } {
    const url = new URL(path, this.#base);
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const request = send(url, {
      method,
      agent: this.#agent,
      timeout: this.#idleTimeoutMs,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined && (method === 'GET' || method === 'HEAD')
          ? {}
          : { 'content-length': String(length) }),
        ...headers,
      },
    });
    const give = (reason: unknown) => {
      request.destroy(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      // Stays for the whole exchange: a late error after the answer must not end the process.
      request.on('error', (error) =>
        reject(
          request.reusedSocket && errnoOf(error) === 'ECONNRESET'
            ? new StaleConnection(error.message)
            : error,
        ),
      );
      request.on('timeout', () => {
        const text = `archive ${this.#name} was silent for ${this.#idleTimeoutMs / 1000} s`;
        give(new ArchiveRefusal('unreachable', text));
      });
    });
    request.end(body);
    const settle = () => {
      if (!request.writableFinished) request.destroy();
    };
    return { answered, give, settle };
  }

  #unreachable(error: unknown): unknown {
    if (isArchiveRefusal(error)) return error;
    const code = errnoOf(error);
    const message = error instanceof Error ? error.message : String(error);
    return new ArchiveRefusal(
      'unreachable',
      `archive ${this.#name}: ${code === undefined ? message : `${code} (${message})`}`,
    );
  }
}

class StaleConnection extends Error {}

/** What Node trusts, and the certificates of this file. */
function trusting(caFile: string): string[] {
  return [...rootCertificates, readFileSync(caFile, 'utf8')];
}
