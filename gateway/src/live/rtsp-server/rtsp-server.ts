import { createServer, type Server, type Socket } from 'node:net';
import type { Component } from '../../component.ts';
import { AttemptLimiter } from '../../http/doors/attempt-limiter.ts';
import type { Log } from '../../log.ts';
import type { LiveStreams } from '../live-stream.ts';
import { type RtspLimits, rtspLimits } from './limits.ts';
import type { PushFeed } from './push-feed.ts';
import type { PushSession, TakePush } from './push-session.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { DocketConversation } from './rtsp-conversation.ts';
import { type Pusher, RtspDoor, type Viewer } from './rtsp-door.ts';
import type { ViewerStatistics, ViewSession } from './view-session.ts';

export interface RtspServerOptions {
  /** `live.rtsp` of the configuration. */
  settings: {
    address: string;
    /** `null`: neither taken nor given. 0: the system chooses. */
    port: number | null;
    viewers: readonly Viewer[];
    viewersPerStream: number;
  };
  /** A recorder that sends nothing for this long is gone. */
  silenceMs: number;
  streams: LiveStreams;
  /** The recorder that may push under this user name, with the hashes of its credentials in the realm `docket`. */
  authenticatePush(userName: string): Pusher | null;
  /** Takes a stream before its recorder is told that it may send. */
  onPush: TakePush;
  /** Somebody wanted to push and may not. */
  onPushRefused?(remoteAddress: string): void;
  log: Log;
  limits?: Partial<RtspLimits>;
}

interface Open {
  connection: RtspConnection;
  conversation: DocketConversation;
  ended: Promise<void>;
}

const lookEveryMs = 500;
const highWaterMarkBytes = 256 * 1024;

/**
 * RTSP 1.0 (RFC 2326): recorders push with ANNOUNCE and RECORD, viewers watch with DESCRIBE and PLAY, both by TCP
 * (interleaved) and UDP. Nobody gets in without credentials, and nobody slows anybody else down.
 */
export class RtspServer implements Component {
  readonly name = 'rtsp-server';
  readonly #options: RtspServerOptions;
  readonly #limits: RtspLimits;
  readonly #attempts = new AttemptLimiter();
  readonly #open = new Set<Open>();
  readonly #feeds = new Map<string, PushFeed>();
  #server: Server | null = null;
  #look: NodeJS.Timeout | null = null;
  #lookedAtMs = 0;

  constructor(options: RtspServerOptions) {
    this.#options = options;
    this.#limits = { ...rtspLimits, ...options.limits };
  }

  /** Throws the system's error where the port is taken. */
  async start(signal: AbortSignal): Promise<void> {
    const { address, port } = this.#options.settings;
    if (port === null) return;
    signal.throwIfAborted();
    const server = createServer({ noDelay: true, highWaterMark: highWaterMarkBytes }, (socket) =>
      this.#welcome(socket),
    );
    server.maxConnections = this.#limits.connections;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#options.log.error({ err: error }, 'RTSP port failed'));
    this.#server = server;
    this.#look = setInterval(() => this.#lookAround(), lookEveryMs);
    this.#options.log.info(this.address() ?? {}, 'RTSP listens');
  }

  async stop(): Promise<void> {
    if (this.#look !== null) clearInterval(this.#look);
    this.#look = null;
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const end = { cause: 'closed', detail: 'the gateway stops' } as const;
    await Promise.all([...this.#open].map(({ connection }) => connection.close(end)));
    await closed;
  }

  /** Where it listens; `null` where it does not. */
  address(): { address: string; port: number } | null {
    const bound = this.#server?.address() ?? null;
    return bound === null || typeof bound === 'string' ? null : { address: bound.address, port: bound.port };
  }

  /** Who watches now. */
  viewers(): ViewerStatistics[] {
    return this.#sessions('view').map((session) => session.statistics());
  }

  /** How many callers are connected now. */
  get connections(): number {
    return this.#open.size;
  }

  #welcome(socket: Socket): void {
    const connection = new RtspConnection(socket, this.#limits);
    // Told to whoever reads it; here only so that it is never without a listener.
    socket.on('error', () => {});
    const { remoteAddress } = connection;
    const ofAddress = [...this.#open].filter((open) => open.connection.remoteAddress === remoteAddress);
    if (ofAddress.length >= this.#limits.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    const conversation = this.#converse(connection);
    const open: Open = { connection, conversation, ended: Promise.resolve() };
    this.#open.add(open);
    open.ended = connection.serve(conversation).then(
      () => this.#forget(open),
      (error: unknown) => {
        this.#options.log.error({ err: error }, 'RTSP connection failed');
        this.#forget(open);
      },
    );
  }

  #converse(connection: RtspConnection): DocketConversation {
    const { settings, silenceMs, streams, authenticatePush, onPushRefused, log } = this.#options;
    const { remoteAddress } = connection;
    const door = new RtspDoor({
      viewers: settings.viewers,
      findPusher: authenticatePush,
      attempts: this.#attempts,
      remoteAddress,
      wrongCredentialsMs: this.#limits.wrongCredentialsMs,
      onWrong: (role) => {
        log.warn({ remoteAddress, role }, 'RTSP credentials refused');
        if (role === 'recorder') onPushRefused?.(remoteAddress);
      },
    });
    return new DocketConversation({
      connection,
      door,
      streams,
      limits: this.#limits,
      silenceMs,
      hasRoomForViewer: (recorderId) => this.#hasRoomForViewer(recorderId),
      takePush: (push) => this.#takePush(push),
      log,
    });
  }

  #hasRoomForViewer(recorderId: string): boolean {
    const watching = this.#sessions('view').filter((session) => session.recorderId === recorderId);
    return watching.length < this.#options.settings.viewersPerStream;
  }

  /** A recorder that connects anew has lost its old connection, whether we noticed or not. */
  async #takePush({ recorderId, feed }: Parameters<TakePush>[0]): ReturnType<TakePush> {
    const { onPush, log } = this.#options;
    const before = this.#feeds.get(recorderId);
    this.#feeds.set(recorderId, feed);
    void feed.ended.then(() => {
      if (this.#feeds.get(recorderId) === feed) this.#feeds.delete(recorderId);
    });
    await before?.giveWay();
    const verdict = await onPush({ recorderId, feed });
    if (verdict === 'accepted') log.info({ recorderId, transport: feed.transport }, 'RTSP push accepted');
    else log.warn({ recorderId, reason: verdict.refused }, 'RTSP push refused');
    return verdict;
  }

  #sessions<Kind extends 'push' | 'view'>(kind: Kind): Extract<PushSession | ViewSession, { kind: Kind }>[] {
    return [...this.#open]
      .map(({ conversation }) => conversation.session)
      .filter(
        (session): session is Extract<PushSession | ViewSession, { kind: Kind }> => session?.kind === kind,
      );
  }

  #lookAround(): void {
    const nowMs = performance.now();
    const isLate = nowMs - this.#lookedAtMs > 4 * lookEveryMs;
    this.#lookedAtMs = nowMs;
    // We were held up ourselves: what came meanwhile is to be read before anybody is called silent.
    if (isLate) return;
    for (const { connection, conversation } of this.#open) connection.check(nowMs, conversation);
  }

  #forget(open: Open): void {
    this.#open.delete(open);
  }
}
