import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as passOn,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** A request as it came. */
export interface AskedFor {
  method: string;
  /** Path and query, as sent. */
  path: string;
}

export interface OwnAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** Answers before the body of the request is read, and closes: what a server does that will not have it. */
  isEarly?: boolean;
}

/** What the archive answered, whole. */
export interface WholeAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/**
 * What is done with a request: it is answered in the archive's place; it is passed on and done, and the answer is lost
 * with the connection; or it is passed on and its answer is changed.
 */
export type Answering =
  | { kind: 'own-answer'; answer: OwnAnswer | ((asked: AskedFor, body: Buffer) => OwnAnswer) }
  | { kind: 'lost-answer' }
  | {
      kind: 'changed-answer';
      change(answer: WholeAnswer, asked: AskedFor): WholeAnswer | Promise<WholeAnswer>;
    };

export type AskedTest = (asked: AskedFor) => boolean;

interface Rule {
  isFor: AskedTest;
  answering: Answering;
  timesLeft: number;
  report: RuleReport;
}

export interface RuleReport {
  /** How often it was used. */
  times: number;
}

/**
 * Stands before an archive and answers some requests as it is told to; the rest goes through as it is, so that signatures
 * hold.
 */
export class AnsweringProxy {
  /** Every request, in order. */
  readonly asked: AskedFor[] = [];
  readonly #server: Server;
  readonly #target: { host: string; port: number };
  #rules: Rule[] = [];

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port of the loopback. */
  static async open(targetPort: number, targetHost = '127.0.0.1'): Promise<AnsweringProxy> {
    const proxy = new AnsweringProxy({ host: targetHost, port: targetPort });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Does this with each request it is for, so many times. Rules are asked in the order they were given. */
  when(isFor: AskedTest, answering: Answering, times = Number.POSITIVE_INFINITY): RuleReport {
    const report: RuleReport = { times: 0 };
    this.#rules.push({ isFor, answering, timesLeft: times, report });
    return report;
  }

  /** From now on everything goes through as it is. */
  forgetRules(): void {
    this.#rules = [];
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = { method: request.method ?? '', path: request.url ?? '' };
    this.asked.push(asked);
    const rule = this.#rules.find(({ isFor, timesLeft }) => timesLeft > 0 && isFor(asked));
    if (rule === undefined) return this.#pass(request, response);
    rule.timesLeft -= 1;
    rule.report.times += 1;
    switch (rule.answering.kind) {
      case 'own-answer':
        return answer(request, response, asked, rule.answering.answer);
      case 'lost-answer': {
        const heard = await this.#ask(request);
        await buffer(heard);
        response.socket?.resetAndDestroy();
        return;
      }
      case 'changed-answer': {
        const heard = await this.#ask(request);
        const whole = {
          status: heard.statusCode ?? 502,
          headers: { ...heard.headers },
          body: await buffer(heard),
        };
        return give(response, asked, await rule.answering.change(whole, asked));
      }
    }
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const heard = await this.#ask(request);
    response.writeHead(heard.statusCode ?? 502, heard.statusMessage, heard.rawHeaders);
    await pipeline(heard, response);
  }

  /** Sends the request on as it came; resolves when the head of the answer is there. */
  async #ask(request: IncomingMessage): Promise<IncomingMessage> {
    const onward = passOn({
      ...this.#target,
      // A connection each: one kept open could be closed from behind just when it is used again.
      agent: false,
      ...(request.method === undefined ? {} : { method: request.method }),
      ...(request.url === undefined ? {} : { path: request.url }),
      headers: request.rawHeaders,
      setHost: false,
    });
    const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
    // Where the archive answers before it has read everything, the answer counts.
    pipeline(request, onward).catch(() => undefined);
    const [heard] = await answered;
    return heard;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  asked: AskedFor,
  told: OwnAnswer | ((asked: AskedFor, body: Buffer) => OwnAnswer),
): Promise<void> {
  const isEarly = typeof told !== 'function' && told.isEarly === true;
  const body = isEarly ? Buffer.alloc(0) : await buffer(request);
  const own = typeof told === 'function' ? told(asked, body) : told;
  const content = Buffer.from(own.body ?? '');
  response.writeHead(own.status, {
    'content-length': content.length,
    ...(isEarly ? { connection: 'close' } : {}),
    ...own.headers,
  });
  response.end(asked.method === 'HEAD' ? undefined : content);
}

/** A length that was told stays, whatever became of the body: that is what a cut answer looks like. */
function give(response: ServerResponse, asked: AskedFor, whole: WholeAnswer): void {
  const { 'transfer-encoding': _encoding, connection: _connection, ...headers } = whole.headers;
  const told = Number(headers['content-length'] ?? whole.body.length);
  response.writeHead(whole.status, { ...headers, 'content-length': told });
  if (asked.method === 'HEAD') {
    response.end();
    return;
  }
  if (told === whole.body.length) {
    response.end(whole.body);
    return;
  }
  response.write(whole.body.subarray(0, told), () => response.destroy());
}
