import { connect, createServer, type Server, type Socket } from 'node:net';
import type { InterleavedFrame, RtspResponse } from '../message.ts';
import { encodeFrameHead } from '../message.ts';
import { MessageStream } from '../message-stream.ts';

/** What becomes of what a recorder says. */
export interface Falsification {
  /** A description, as the bytes of head lines and body that are to be sent in place of it. */
  description?(sdp: string): { body: string; contentLength?: number | null };
  /** Whether an interleaved packet is passed on. */
  frame?(frame: InterleavedFrame): boolean;
}

/** Stands between a client and a recorder that Docket did not write, and falsifies what the recorder says. */
export class FalsifyingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(recorderPort: number, falsification: Falsification) {
    this.#server = createServer((client) => {
      const recorder = connect(recorderPort, '127.0.0.1');
      const said = new MessageStream({ strayBytes: 'refuse' });
      client.pipe(recorder);
      recorder.on('data', (chunk: Buffer) => {
        for (const item of said.push(chunk)) {
          if (item.kind === 'response') client.write(falsified(item, falsification));
          else if (item.kind === 'frame' && falsification.frame?.(item) !== false)
            client.write(Buffer.concat([encodeFrameHead(item.channel, item.payload.length), item.payload]));
        }
      });
      for (const [socket, other] of [
        [client, recorder],
        [recorder, client],
      ] as const) {
        this.#sockets.add(socket);
        socket
          .on('error', () => {})
          .on('close', () => {
            this.#sockets.delete(socket);
            other.destroy();
          });
      }
    });
  }

  static async open(recorderPort: number, falsification: Falsification): Promise<FalsifyingProxy> {
    const proxy = new FalsifyingProxy(recorderPort, falsification);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `rtsp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/live`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function falsified({ status, reason, headers, body }: RtspResponse, { description }: Falsification): Buffer {
  const told = body.length > 0 ? description?.(body.toString()) : undefined;
  const text = told?.body ?? body.toString('latin1');
  const bytes = Buffer.from(text, told === undefined ? 'latin1' : 'utf8');
  const contentLength = told?.contentLength === undefined ? bytes.length : told.contentLength;
  const lines = [...headers]
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => `${name}: ${value}`);
  if (contentLength !== null && bytes.length > 0) lines.push(`Content-Length: ${contentLength}`);
  return Buffer.concat([Buffer.from([`RTSP/1.0 ${status} ${reason}`, ...lines, '', ''].join('\r\n')), bytes]);
}
