import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { RawStream } from '../../smp/raw-stream.ts';
import type { SimulatedClock } from '../simulated-clock.ts';
import { SimulatedRecorder, type SimulatedRecorderOptions } from './simulated-recorder.ts';

export interface SmpTcpRecorderOptions extends SimulatedRecorderOptions {
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Port to listen on; 0 (the default) lets the system choose. */
  port?: number;
}

export interface SmpTcpSimulator {
  readonly host: string;
  readonly port: number;
  readonly clock: SimulatedClock;
  /** Cuts the connection; the dock may connect again. */
  unplug(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a recorder that speaks bare SMP packets over TCP, to one dock at a time. Throws where the port is taken. */
export async function startSmpTcpRecorder(options: SmpTcpRecorderOptions): Promise<SmpTcpSimulator> {
  const host = options.host ?? '127.0.0.1';
  const recorder = new TcpRecorder(options, host);
  await recorder.listen(options.port ?? 0);
  return recorder;
}

class TcpRecorder implements SmpTcpSimulator {
  readonly host: string;
  readonly clock: SimulatedClock;
  port = 0;
  readonly #recorder: SimulatedRecorder;
  readonly #server: Server;
  #socket: Socket | null = null;
  #running: Promise<void> = Promise.resolve();
  #restarting: NodeJS.Timeout | undefined;

  constructor(options: SmpTcpRecorderOptions, host: string) {
    this.host = host;
    this.#recorder = new SimulatedRecorder(options);
    this.clock = this.#recorder.clock;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, this.host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  async unplug(): Promise<void> {
    this.#socket?.destroy();
  }

  async close(): Promise<void> {
    clearTimeout(this.#restarting);
    this.#socket?.destroy();
    if (this.#server.listening) {
      this.#server.close();
      await once(this.#server, 'close');
    }
    await this.#running;
  }

  #accept(socket: Socket): void {
    // A docking that was cut off may leave its connection half open; the newer one counts.
    this.#socket?.destroy();
    this.#socket = socket;
    socket.on('error', () => undefined);
    this.#running = this.#running.then(() => this.#run(socket));
  }

  async #run(socket: Socket): Promise<void> {
    const stream = new RawStream();
    this.#recorder.hangOn({
      wrap: (packet) => packet,
      write: (bytes) => void socket.write(bytes),
      unplug: async () => void socket.destroy(),
      restart: async (pauseMs) => this.#restart(socket, pauseMs),
    });
    try {
      for await (const chunk of socket) {
        for (const packet of stream.push(chunk)) await this.#recorder.serve(packet);
      }
    } catch {
      // Cut off, or no packets: the dock has to connect again.
      socket.destroy();
    }
    await this.#recorder.rest();
  }

  #restart(socket: Socket, pauseMs: number): void {
    this.#server.close();
    socket.destroySoon();
    this.#restarting = setTimeout(() => this.#server.listen(this.port, this.host), pauseMs);
  }
}
