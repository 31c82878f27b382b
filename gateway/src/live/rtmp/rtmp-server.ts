import { setTimeout as pause } from 'node:timers/promises';
import type { LiveFeed } from '@docket/device-protocol/live';
import type { Component } from '../../component.ts';
import type { Log } from '../../log.ts';
import { clearLeftFolders } from './doors-folder.ts';
import { type DoorConnection, type DoorLimits, FrontDoor } from './front-door.ts';
import { MediaServer } from './media-server.ts';
import type { PublishQuestion } from './media-server-messages.ts';
import { type FindPusher, PublishPermissions, type PublishRefusalReason } from './publish-permission.ts';
import { RtmpStream } from './rtmp-stream.ts';

/** Somebody who was turned away. Holds no key. */
export interface RtmpRefusal {
  reason: PublishRefusalReason | 'play-refused';
  /** Of the recorder by whose name it was tried, where there is one. */
  recorderId: string | null;
  address: string;
}

export interface RtmpServerOptions {
  /** `live.rtmp` of the configuration. Port `null`: RTMP is not taken; 0: the system chooses. */
  settings: { address: string; port: number | null };
  findPusher: FindPusher;
  /** Takes a stream; one that is not taken is closed. */
  onPush(push: { recorderId: string; feed: LiveFeed }): Promise<'accepted' | { refused: string }>;
  onRefused(refusal: RtmpRefusal): void;
  /** A stream that brings nothing for this long has ended. */
  silenceMs: number;
  limits?: Partial<DoorLimits>;
  /** The media server is begun anew after this long, then twice as long, and so on. */
  restartMs?: { first: number; longest: number };
  /** How long the media server may give no answer before it is killed. */
  hangMs?: number;
  /** How long it may take to come up: a machine that just started is busy. */
  readyMs?: number;
  log: Log;
}

/** A recorder's connection, from the right to publish to the last of its stream. */
interface Publishing {
  connection: DoorConnection;
  done: Promise<void>;
}

const usualLimits = {
  connections: 96,
  connectionsPerAddress: 16,
  admissionMs: 10_000,
  admissionBytes: 1024 * 1024,
};
/** A media server that held for this long is begun anew at once when it fails. */
const steadyMs = 60_000;

/**
 * Takes RTMP of registered recorders. node-media-server speaks the protocol, in a process of its own without a port;
 * the port is ours, and so is the word on who may publish. When that process ends, for whatever reason, its streams end,
 * the recorders connect again, and it is there again.
 */
export class RtmpServer implements Component {
  readonly name = 'rtmp-server';
  readonly #options: RtmpServerOptions;
  readonly #door: FrontDoor;
  readonly #permissions: PublishPermissions;
  readonly #stopping = new AbortController();
  /** Of each recorder that sends now. */
  readonly #publishing = new Map<string, Publishing>();
  #mediaServer: MediaServer | null = null;
  #keeping: Promise<void> = Promise.resolve();
  #port: number | null = null;

  constructor(options: RtmpServerOptions) {
    this.#options = options;
    this.#permissions = new PublishPermissions(options.findPusher);
    this.#door = new FrontDoor({
      address: options.settings.address,
      port: options.settings.port ?? 0,
      limits: { ...usualLimits, ...options.limits },
      connectInside: (connection) => this.#mediaServer?.connect(connection) ?? null,
    });
  }

  /**
   * Resolves once recorders can connect; where the media server does not come up, it is tried again behind our back: cards
   * are taken and RTSP goes on without it. Throws where the port cannot be had.
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#options.settings.port === null) return;
    signal.throwIfAborted();
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    await clearLeftFolders().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'folders of earlier RTMP media servers could not be looked for');
    });
    this.#mediaServer = await this.#tryMediaServer();
    this.#stopping.signal.throwIfAborted();
    this.#keeping = this.#keepMediaServer(this.#mediaServer);
    try {
      this.#port = await this.#door.listen();
      this.#options.log.info({ address: this.#options.settings.address, port: this.#port }, 'RTMP listens');
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Where it listens; `null` until it does. */
  get port(): number | null {
    return this.#port;
  }

  /** Connections from outside, publishing or not. */
  get connections(): number {
    return this.#door.size;
  }

  /** Of the media server; changes when it is begun anew. */
  get mediaServerProcessId(): number | null {
    return this.#mediaServer?.processId ?? null;
  }

  /** Ends every stream, the media server and the door. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#door.close();
    await this.#keeping;
    await Promise.all([...this.#publishing.values()].map(({ done }) => done));
  }

  /** `null` where it does not come up. */
  async #tryMediaServer(): Promise<MediaServer | null> {
    try {
      return await this.#startMediaServer();
    } catch (error) {
      this.#options.log.error({ err: error }, 'RTMP media server did not come up');
      return null;
    }
  }

  #startMediaServer(): Promise<MediaServer> {
    const { log, hangMs = 10_000, readyMs = 60_000 } = this.#options;
    const handlers = {
      onQuestion: (question: PublishQuestion) => this.#question(question),
      onRefusedPlay: (connection: number) => this.#refuse(connection, 'play-refused', null),
      onClosed: (connection: number, isGoodbye: boolean) => {
        if (isGoodbye) this.#door.get(connection)?.explain('goodbye', 'the recorder ended its stream');
        this.#door.get(connection)?.lastWordIsSaid();
      },
      onFault: (connection: number | null, fault: string) => {
        const ofDoor = connection === null ? null : this.#door.get(connection);
        ofDoor?.explain('protocol', fault);
        log.warn(
          { address: ofDoor?.address ?? null, fault },
          'RTMP connection sent what cannot be taken; it was cut',
        );
      },
      log,
    };
    return MediaServer.start(handlers, { hangMs, readyMs }, this.#stopping.signal);
  }

  /** Begins the media server anew whenever it ends, until stopped. */
  async #keepMediaServer(first: MediaServer | null): Promise<void> {
    const { signal } = this.#stopping;
    const { log, restartMs = { first: 500, longest: 30_000 } } = this.#options;
    let waitMs = restartMs.first;
    let since = performance.now();
    for (let current: MediaServer | null = first; ; ) {
      const reason: string = current === null ? 'it did not come up' : await current.ended;
      this.#mediaServer = null;
      if (signal.aborted) return;
      if (performance.now() - since > steadyMs) waitMs = restartMs.first;
      log.error({ reason, waitMs }, 'RTMP media server ended; it is begun anew');
      await pause(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      waitMs = Math.min(waitMs * 2, restartMs.longest);
      since = performance.now();
      current = await this.#tryMediaServer();
      this.#mediaServer = current;
    }
  }

  #question(question: PublishQuestion): void {
    const connection = this.#door.get(question.connection);
    const mediaServer = this.#mediaServer;
    if (connection === null || mediaServer === null) return;
    const permission = this.#permissions.for(question, connection.address);
    if (!permission.isGranted) {
      this.#refuse(question.connection, permission.reason, permission.recorderId);
      return;
    }
    const { recorderId } = permission;
    const before = this.#publishing.get(recorderId);
    const done = this.#publish(recorderId, connection, mediaServer, before).catch((error: unknown) => {
      this.#options.log.warn({ err: error, address: connection.address }, 'RTMP stream could not be taken');
      connection.end('refused', 'it could not be taken');
    });
    const publishing = { connection, done };
    this.#publishing.set(recorderId, publishing);
    void done.then(() => {
      if (this.#publishing.get(recorderId) === publishing) this.#publishing.delete(recorderId);
    });
  }

  #refuse(id: number, reason: RtmpRefusal['reason'], recorderId: string | null): void {
    const connection = this.#door.get(id);
    if (connection === null) return;
    connection.end('refused', reason);
    this.#options.log.warn({ reason, recorderId, address: connection.address }, 'RTMP refused');
    this.#options.onRefused({ reason, recorderId, address: connection.address });
  }

  /** Resolves once the stream is over, and all of it was given out. */
  async #publish(
    recorderId: string,
    connection: DoorConnection,
    mediaServer: MediaServer,
    before: Publishing | undefined,
  ): Promise<void> {
    // A recorder that lost its network comes back while its old connection still seems to stand: the newer one counts.
    before?.connection.end('replaced', 'the recorder connected anew');
    await before?.done;
    const { log, silenceMs, onPush } = this.#options;
    const flv = await mediaServer.openFlv(connection.id);
    connection.letIn();
    mediaServer.answer(connection.id, true);
    const onOddity = (oddity: string) =>
      log.warn({ recorderId, oddity }, 'RTMP stream is not as it should be');
    const stream = new RtmpStream({ flv, connection, silenceMs, onOddity });
    for (let feed = await stream.next(); feed !== null; feed = await stream.next()) {
      const answer = await onPush({ recorderId, feed });
      if (answer === 'accepted') continue;
      log.warn({ recorderId, ...answer }, 'RTMP stream is not taken');
      connection.end('refused', answer.refused);
      await feed.close();
    }
    log.info({ recorderId, ...(await stream.ended) }, 'RTMP stream ended');
  }
}
