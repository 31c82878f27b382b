import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/harness/flv-media-server-main.cjs', import.meta.url));

/** node-media-server as it comes, for what it gives to be set beside ours: RTMP in, FLV by HTTP out. */
export class FlvMediaServer {
  readonly rtmpUrl: string;
  readonly flvUrl: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, rtmpPort: number, httpPort: number) {
    this.#child = child;
    this.#folder = folder;
    this.rtmpUrl = `rtmp://127.0.0.1:${rtmpPort}/live/a`;
    this.flvUrl = `http://127.0.0.1:${httpPort}/live/a.flv`;
  }

  static async start(): Promise<FlvMediaServer> {
    const [rtmpPort, httpPort] = [await freePort(), await freePort()];
    // It keeps a store below the folder it is started in.
    const folder = await mkdtemp(join(tmpdir(), 'docket-flv-'));
    const child = fork(main, [String(rtmpPort), String(httpPort)], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    return new FlvMediaServer(child, folder, rtmpPort, httpPort);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The player that is used with it: the text of its script. */
export const flvPlayerFile = createRequire(import.meta.url).resolve('mpegts.js/dist/mpegts.js');

/** It takes no port of the system's choice, and ends the process where one is taken. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}
