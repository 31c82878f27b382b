import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../log.ts';
import { type LongTool, startLongTool } from '../long-tool.ts';
import { makeDoorsFolder, removeDoorsFolder } from './doors-folder.ts';
import {
  connectionNumberBytes,
  doorsIn,
  type FromMediaServer,
  flvPathOf,
  type PublishQuestion,
  type ToMediaServer,
} from './media-server-messages.ts';

export interface MediaServerOptions {
  onQuestion(question: PublishQuestion): void;
  onRefusedPlay(connection: number): void;
  onClosed(connection: number, isGoodbye: boolean): void;
  onFault(connection: number | null, fault: string): void;
  log: Log;
}

const entryPoint = fileURLToPath(new URL('./media-server-main.js', import.meta.url));
const heapLimitMiB = 256;

/**
 * node-media-server in a process of its own, in a folder only our user may enter: it has no port. It dies with this
 * process, and is killed when it no longer answers.
 */
export class MediaServer {
  readonly #options: MediaServerOptions;
  readonly #folder: string;
  readonly #tool: LongTool;
  readonly #ready: Promise<null>;
  #onReady: () => void = () => {};
  #watch: NodeJS.Timeout | undefined;
  #isAlive = true;
  /** Resolves with the reason once it is gone; never rejects. */
  readonly ended: Promise<string>;

  /** Resolves once it takes connections. Throws where it is not up after `readyMs`. `hangMs`: how long it may not answer. */
  static async start(
    options: MediaServerOptions,
    { readyMs, hangMs }: { readyMs: number; hangMs: number },
    signal: AbortSignal,
  ): Promise<MediaServer> {
    const folder = await makeDoorsFolder();
    const server = new MediaServer(options, folder, signal);
    const tooLate = setTimeout(() => void server.stop(), readyMs);
    const failure = await Promise.race([server.#ready, server.ended]);
    clearTimeout(tooLate);
    if (failure !== null) throw new Error(`the RTMP media server did not come up: ${failure}`);
    server.#watch = setInterval(() => server.#lookAfter(), hangMs);
    return server;
  }

  private constructor(options: MediaServerOptions, folder: string, signal: AbortSignal) {
    this.#options = options;
    this.#folder = folder;
    this.#ready = new Promise((resolve) => {
      this.#onReady = () => resolve(null);
    });
    this.#tool = startLongTool({
      command: process.execPath,
      arguments: [`--max-old-space-size=${heapLimitMiB}`, entryPoint, folder],
      hasChannel: true,
      signal,
    });
    this.#tool.child.on('message', (message: FromMediaServer) => this.#take(message));
    this.#tool.child.on('error', () => {});
    this.ended = this.#tool.ended.then(async ({ cause, exitCode, exitSignal, stderr }) => {
      clearInterval(this.#watch);
      await removeDoorsFolder(folder);
      return `${cause} (${exitSignal ?? exitCode})${stderr === '' ? '' : `: ${stderr.split('\n').at(-1)}`}`;
    });
  }

  get processId(): number | undefined {
    return this.#tool.processId;
  }

  /** A way for the bytes of a connection into the server and back. */
  connect(connection: number): Socket {
    const socket = connect(doorsIn(this.#folder).rtmp);
    const head = Buffer.alloc(connectionNumberBytes);
    head.writeUInt32BE(connection);
    socket.write(head);
    return socket;
  }

  /** The stream of a connection as FLV, from its beginning where it is asked for before the answer. */
  openFlv(connection: number): Promise<Readable> {
    const { flv: socketPath } = doorsIn(this.#folder);
    return new Promise((resolve, reject) => {
      const request = get({ socketPath, path: flvPathOf(connection), agent: false }, resolve);
      request.on('error', reject);
    });
  }

  answer(connection: number, isAccepted: boolean): void {
    this.#send({ says: 'answer', connection, isAccepted });
  }

  async stop(): Promise<void> {
    await this.#tool.stop();
    await this.ended;
  }

  #send(message: ToMediaServer): void {
    // Where the process is gone already, its end is told elsewhere.
    if (this.#tool.child.connected) this.#tool.child.send(message, () => {});
  }

  #lookAfter(): void {
    if (!this.#isAlive) this.#tool.child.kill('SIGKILL');
    this.#isAlive = false;
    this.#send({ says: 'are-you-alive' });
  }

  #take(message: FromMediaServer): void {
    this.#isAlive = true;
    const { onQuestion, onRefusedPlay, onClosed, onFault, log } = this.#options;
    switch (message.says) {
      case 'ready':
        this.#onReady();
        break;
      case 'asks':
        onQuestion(message);
        break;
      case 'refused-play':
        onRefusedPlay(message.connection);
        break;
      case 'closed':
        onClosed(message.connection, message.isGoodbye);
        break;
      case 'fault':
        onFault(message.connection, message.fault);
        break;
      case 'log':
        log.debug({ line: message.line }, 'RTMP media server');
        break;
      case 'alive':
    }
  }
}
