import { execFileSync } from 'node:child_process';
import { createHash, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** One POST as it came. */
export interface Taken {
  headers: Record<string, string>;
  body: Buffer;
  /** Its first event, */
  event: TakenEvent;
  /** and all of them, where it is a batch. */
  events: TakenEvent[];
}

export interface TakenEvent {
  id: string;
  type: string;
  subject: string;
  sequence: string;
  data: unknown;
  replaces?: string;
}

/** What a receiver does with a request: answers with a status, or cuts the line without an answer. */
export type Reply = { status: number; headers?: Record<string, string> } | 'cut';

/** A receiver of signed events on loopback. It checks signatures by itself, with no code of the sender. */
export class Receiver {
  /** Every request, in order. */
  readonly requests: Taken[] = [];
  readonly url: string;
  readonly caFile: string;
  readonly #server: Server;

  private constructor(server: Server, url: string, caFile: string) {
    this.#server = server;
    this.url = url;
    this.caFile = caFile;
  }

  /** `folder` gets a certificate of its own for 127.0.0.1. */
  static async open(folder: string, reply: (taken: Taken, index: number) => Reply): Promise<Receiver> {
    const [keyFile, caFile] = [join(folder, 'receiver.key'), join(folder, 'receiver.crt')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ed25519',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=receiver',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        keyFile,
        '-out',
        caFile,
      ],
      { stdio: 'ignore' },
    );
    const holder: { receiver?: Receiver } = {};
    const onRequest = (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => holder.receiver?.take(request, Buffer.concat(chunks), response, reply));
    };
    const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(caFile) }, onRequest);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new Receiver(server, `https://127.0.0.1:${port}/inbox?dock=1`, caFile);
    holder.receiver = receiver;
    return receiver;
  }

  take(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    reply: (taken: Taken, index: number) => Reply,
  ): void {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const events = [JSON.parse(body.toString())].flat() as [TakenEvent, ...TakenEvent[]];
    const taken = { headers, body, event: events[0], events };
    this.requests.push(taken);
    const answer = reply(taken, this.requests.length - 1);
    if (answer === 'cut') return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The signature base of RFC 9421 §2.5, put together here from what came over the wire. */
export function signatureBase({ headers }: Taken, url: string): { base: Buffer; signature: Buffer } {
  const input = /^docket=(?<covered>\((?<fields>[^)]*)\).*)$/u.exec(headers['signature-input'] ?? '')?.groups;
  const signature = /^docket=:(?<bytes>[A-Za-z0-9+/=]+):$/u.exec(headers.signature ?? '')?.groups;
  if (input === undefined || signature === undefined) throw new Error('the request is not signed');
  const fields = [...(input.fields ?? '').matchAll(/"(?<field>[^"]+)"/gu)].map(
    ({ groups }) => groups?.field ?? '',
  );
  const derived: Record<string, string> = { '@method': 'POST', '@target-uri': url };
  const lines = fields.map((field) => `"${field}": ${derived[field] ?? headers[field]}`);
  const base = [...lines, `"@signature-params": ${input.covered}`].join('\n');
  return { base: Buffer.from(base), signature: Buffer.from(signature.bytes ?? '', 'base64') };
}

/** Whether signature and digest of a request hold, by Node's own cryptography. */
export function holds(taken: Taken, url: string, key: KeyObject): boolean {
  const { base, signature } = signatureBase(taken, url);
  const digest = `sha-256=:${createHash('sha256').update(taken.body).digest('base64')}:`;
  return verify(null, base, key, signature) && taken.headers['content-digest'] === digest;
}
