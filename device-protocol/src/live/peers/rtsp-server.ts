import { startGstreamerPeer } from './gstreamer-peer.ts';
import { type PeerPicture, usualPicture } from './peer-picture.ts';
import type { PeerProcess } from './peer-process.ts';

export interface PeerServerOptions extends PeerPicture {
  /** What it agrees to carry packets by; both where left out. */
  transports?: readonly ('tcp' | 'udp')[];
  credentials?: { scheme: 'basic' | 'digest'; userName: string; password: string };
  address?: string;
  path?: string;
  /** 0, as where left out: any that is free. */
  port?: number;
  /** Words before its command, such as those that put it into a network of its own. */
  within?: readonly string[];
}

/** GStreamer's RTSP server with one mount. */
export interface PeerServer {
  /** Without user name and password. */
  readonly url: string;
  /** With them, for clients that take them from there. */
  readonly urlWithCredentials: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Ends it without a word and starts it anew on the same port, as a recorder that reboots. */
  reboot(): Promise<void>;
  /** Ends it without a word; `boot()` starts it again on the same port. */
  powerOff(): Promise<void>;
  boot(): Promise<void>;
  /** Closes the connections of all clients; it goes on listening. */
  dropClients(): Promise<void>;
  /** From now on no RTCP goes out, or it does again. */
  setReports(areSent: boolean): Promise<void>;
  /** Of a server that takes streams: units (coded pictures, frames of sound) taken since it started, track by track. */
  unitsTaken(): Promise<number[]>;
  stop(): Promise<void>;
}

/** A recorder that offers its stream by RTSP. */
export function startRtspCamera(options: PeerServerOptions): Promise<PeerServer> {
  return GstServer.start('play', options);
}

/** A server that takes what is pushed to it (ANNOUNCE, RECORD): what Docket's own is compared with. */
export function startRecordServer(options: PeerServerOptions): Promise<PeerServer> {
  return GstServer.start('record', options);
}

class GstServer implements PeerServer {
  readonly #mode: 'play' | 'record';
  readonly #options: PeerServerOptions;
  #process: PeerProcess;
  #port = 0;

  private constructor(mode: 'play' | 'record', options: PeerServerOptions) {
    this.#mode = mode;
    this.#options = options;
    this.#port = options.port ?? 0;
    this.#process = this.#spawn();
  }

  static async start(mode: 'play' | 'record', options: PeerServerOptions): Promise<GstServer> {
    const server = new GstServer(mode, options);
    await server.#listening();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get url(): string {
    return this.#urlWith('');
  }

  get urlWithCredentials(): string {
    const { credentials } = this.#options;
    if (credentials === undefined) return this.url;
    return this.#urlWith(
      `${encodeURIComponent(credentials.userName)}:${encodeURIComponent(credentials.password)}@`,
    );
  }

  #urlWith(userInfo: string): string {
    const { address = '127.0.0.1', path = '/live' } = this.#options;
    return `rtsp://${userInfo}${address}:${this.#port}${path}`;
  }

  async reboot(): Promise<void> {
    await this.powerOff();
    await this.boot();
  }

  async powerOff(): Promise<void> {
    await this.#process.kill();
  }

  async boot(): Promise<void> {
    this.#process = this.#spawn();
    await this.#listening();
  }

  async dropClients(): Promise<void> {
    await this.#ask('drop-clients');
  }

  async setReports(areSent: boolean): Promise<void> {
    await this.#ask(areSent ? 'start-reports' : 'stop-reports');
  }

  async unitsTaken(): Promise<number[]> {
    const { counts } = await this.#ask('counts');
    return Object.values(counts as Record<string, number>);
  }

  async stop(): Promise<void> {
    // It ends with its input; where it does not, it is made to.
    this.#process.input.end();
    await this.#process.stop();
  }

  #spawn(): PeerProcess {
    const { within, ...settings } = this.#options;
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    const options = {
      mode: this.#mode,
      address: '127.0.0.1',
      path: '/live',
      transports: ['tcp', 'udp'],
      credentials: null,
      ...usualPicture,
      ...Object.fromEntries(given),
      port: this.#port,
    };
    return startGstreamerPeer(options, within);
  }

  async #listening(): Promise<void> {
    this.#port = Number((await this.#answer()).port);
  }

  async #ask(command: string): Promise<Record<string, unknown>> {
    this.#process.input.write(`${command}\n`);
    return await this.#answer();
  }

  async #answer(): Promise<Record<string, unknown>> {
    for (;;) {
      const line = await this.#process.nextLine();
      if (line.startsWith('{')) return JSON.parse(line);
    }
  }
}
