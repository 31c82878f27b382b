import { connect, createServer, type Server, type Socket } from 'node:net';
import { type InterleavedFrame, MessageStream } from '@docket/device-protocol/live';

/** Stands between a pusher and the server, and keeps every interleaved packet that the pusher sends. */
export class RecordingProxy {
  readonly frames: InterleavedFrame[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      const target = connect(targetPort, '127.0.0.1');
      const messages = new MessageStream({ strayBytes: 'refuse' });
      client.on('data', (chunk: Buffer) => {
        for (const item of messages.push(chunk)) if (item.kind === 'frame') this.frames.push(item);
      });
      client.pipe(target).pipe(client);
      for (const socket of [client, target]) {
        this.#sockets.add(socket);
        socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
      }
    });
  }

  static async open(targetPort: number): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
