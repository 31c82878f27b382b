import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';

export interface NatsServerOptions {
  /** Keeps its configuration and its streams. */
  folder: string;
  /** More of its configuration, as `nats-server -c` reads it. */
  configuration?: string;
}

/** Debian's nats-server with JetStream on a port of its own, which can be killed, started again, and wiped. */
export class NatsServer {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start({ folder, configuration = '' }: NatsServerOptions): Promise<NatsServer> {
    await mkdir(folder, { recursive: true });
    const [port = 0] = await freePorts(1);
    const server = new NatsServer(port, folder);
    await writeFile(
      join(folder, 'nats.conf'),
      `listen: "127.0.0.1:${server.port}"\njetstream { store_dir: ${JSON.stringify(server.streams)} }\n${configuration}\n`,
    );
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Folder of its streams; to be touched only while it is down. */
  get streams(): string {
    return join(this.#folder, 'streams');
  }

  /** Starts it again on the port and the streams it had; resolves once it says who it is. */
  async start(): Promise<void> {
    const log = join(this.#folder, 'nats.log');
    const child = spawn('nats-server', ['-c', join(this.#folder, 'nats.conf'), '-l', log], {
      stdio: 'ignore',
    });
    this.#process = child;
    await once(child, 'spawn');
    while (!(await saysWhoItIs(this.port))) {
      if (child.exitCode === null) continue;
      throw new Error(`nats-server ended with ${child.exitCode}:\n${await readFile(log, 'utf8')}`);
    }
  }

  /** SIGKILL; resolves once it is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Leaves what a power cut leaves of a JetStream that does not sync: nothing. */
  async wipe(): Promise<void> {
    await rm(this.streams, { recursive: true, force: true });
  }
}

/** A server that takes connections sends `INFO` first. */
async function saysWhoItIs(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    const [said] = (await once(socket, 'data')) as [Buffer];
    return said.toString().startsWith('INFO');
  } catch {
    await delay(20);
    return false;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
