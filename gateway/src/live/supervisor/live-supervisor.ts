import type { FeedEnd, LiveFeed } from '@docket/device-protocol/live';
import type { LiveRecorder } from '@docket/ingest';
import type { Log } from '../../log.ts';
import type { LiveStream } from '../live-stream.ts';
import { keepPulling } from './pull-loop.ts';
import type { BackOff } from './pull-pace.ts';
import { RecorderLine, type Wanted } from './recorder-line.ts';

/** A recorder that offers its stream, as far as pulling it needs. */
export interface PullSource {
  recorderId: string;
  isAlwaysPulled: boolean;
  /** Changes with whatever makes another connection of it: address, user, password. */
  version: string;
  open(signal: AbortSignal): Promise<LiveFeed>;
}

/** What should be going on, as registered and as operations say. */
export interface LivePlan {
  /** Recorders that may send, by their own credentials. */
  pushing: ReadonlySet<string>;
  pulled: ReadonlyMap<string, PullSource>;
  /** The operation that each recorder takes part in. */
  operations: ReadonlyMap<string, string>;
}

export interface LiveSupervisorOptions {
  readPlan(): Promise<LivePlan>;
  recorder: LiveRecorder;
  carry(recorderId: string, sessionId: string, feed: LiveFeed): LiveStream;
  mostStreams: number;
  resumeMs: number;
  backOff?: BackOff;
  /** After the plan could not be followed. */
  settleAgainMs?: number;
  onChange(recorderId: string): void;
  /** A recorder could not be connected, or a stream more than can be carried was turned away. */
  onRefused(recorderId: string, error: unknown): void;
  log: Log;
}

/** A stream that comes to us by the recorder's own doing. */
export interface PushedStream {
  recorderId: string;
  feed: LiveFeed;
}

/** Why a pushed stream is not taken. */
export type PushRefusal = 'not-registered' | 'too-many-streams' | 'stopping' | 'store-failed';

interface Pulling {
  version: string;
  stop: AbortController;
  ended: Promise<void>;
  /** Why the last attempt failed; `null` while it flows. */
  trouble: string | null;
}

const usualSettleAgainMs = 3_000;

/** How a recorder's line stands against what should be. */
export interface LineStanding {
  recorderId: string;
  operationId: string | null;
  /** It takes part in an operation, or is always pulled: a recording of it should be growing. */
  isExpected: boolean;
  isRegistered: boolean;
  stream: LiveStream | null;
  sessionId: string | null;
  lastPartMs: number | null;
  failure: Error | null;
  /** Why it could not be connected. */
  trouble: string | null;
}

/**
 * Keeps streams as they should be: pulls what operations and settings ask for, takes what registered recorders push, and
 * puts each into its recorder's session. What comes from a registered recorder is recorded, asked for or not.
 */
export class LiveSupervisor {
  readonly #options: LiveSupervisorOptions;
  readonly #lines = new Map<string, RecorderLine>();
  readonly #pulling = new Map<string, Pulling>();
  #plan: LivePlan = { pushing: new Set(), pulled: new Map(), operations: new Map() };
  #isStopping = false;
  #settling: Promise<void> = Promise.resolve();
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(options: LiveSupervisorOptions) {
    this.#options = options;
  }

  /**
   * Brings everything in line with the plan as it now is; calls that come meanwhile wait their turn. Where that fails it is
   * tried again by itself, for nobody else would.
   */
  settle(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const settled = this.#settling.then(() => this.#settleNow());
    this.#settling = settled.catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'live plan could not be followed');
      this.#retryLater();
    });
    return settled;
  }

  /** Takes a pushed stream: `null`, or why not. */
  async takePushed({ recorderId, feed }: PushedStream): Promise<PushRefusal | null> {
    if (this.#isStopping) return 'stopping';
    if (!this.#plan.pushing.has(recorderId)) return 'not-registered';
    try {
      await this.#take(recorderId, feed);
      return null;
    } catch (error) {
      this.#options.onRefused(recorderId, error);
      return error instanceof TooManyStreamsError ? 'too-many-streams' : 'store-failed';
    }
  }

  /** How every recorder that sends or should send stands. */
  standings(): LineStanding[] {
    const recorderIds = new Set([
      ...this.#lines.keys(),
      ...this.#plan.operations.keys(),
      ...this.#plan.pulled.keys(),
      ...this.#plan.pushing,
    ]);
    return [...recorderIds].map((recorderId) => this.#standing(recorderId));
  }

  /** Ends every stream and every session. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#settling;
    clearTimeout(this.#retryTimer);
    await Promise.all([...this.#pulling.keys()].map((recorderId) => this.#stopPulling(recorderId)));
    // One that fails has told so; the others are closed all the same.
    await Promise.allSettled([...this.#lines.values()].map((line) => line.close('gateway-stopped')));
    this.#lines.clear();
  }

  async #settleNow(): Promise<void> {
    if (this.#isStopping) return;
    const plan = await this.#options.readPlan();
    const before = this.#plan;
    this.#plan = plan;
    const concerned = new Set([
      ...this.#pulling.keys(),
      ...this.#lines.keys(),
      ...before.pushing,
      ...plan.operations.keys(),
      ...plan.pulled.keys(),
    ]);
    // Each by itself: a recorder that takes long to leave, or fails, holds up no other.
    const settled = await Promise.allSettled(
      [...concerned].map((recorderId) => this.#settleOne(recorderId, before)),
    );
    for (const [recorderId, line] of this.#lines) {
      if (line.isIdle && !plan.pushing.has(recorderId)) this.#lines.delete(recorderId);
    }
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
  }

  async #settleOne(recorderId: string, before: LivePlan): Promise<void> {
    const { pushing, pulled, operations } = this.#plan;
    const version = this.#pullVersion(recorderId);
    const pulling = this.#pulling.get(recorderId);
    if (pulling !== undefined && pulling.version !== version) {
      // Told to stop before its line is closed, so that nobody connects what is being closed.
      const stopped = this.#stopPulling(recorderId);
      if (version === undefined) await this.#lines.get(recorderId)?.close('operation-closed');
      await stopped;
    }
    if (before.pushing.has(recorderId) && !pushing.has(recorderId) && !pulled.has(recorderId)) {
      await this.#lines.get(recorderId)?.close('source-removed');
    }
    if (this.#lines.has(recorderId) || operations.has(recorderId) || pulled.has(recorderId)) {
      await this.#line(recorderId).want(this.#wantedOf(recorderId));
    }
    const source = pulled.get(recorderId);
    if (source !== undefined) this.#pullWhereWanted(source);
  }

  #retryLater(): void {
    if (this.#isStopping) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(
      () => void this.settle().catch(() => {}),
      this.#options.settleAgainMs ?? usualSettleAgainMs,
    );
  }

  #wantedOf(recorderId: string): Wanted {
    return {
      operationId: this.#plan.operations.get(recorderId) ?? null,
      isAlways: this.#plan.pulled.get(recorderId)?.isAlwaysPulled ?? false,
    };
  }

  /** The version of what is to be pulled now; `undefined` where nothing is. */
  #pullVersion(recorderId: string): string | undefined {
    const { operationId, isAlways } = this.#wantedOf(recorderId);
    return operationId === null && !isAlways ? undefined : this.#plan.pulled.get(recorderId)?.version;
  }

  #pullWhereWanted(source: PullSource): void {
    const { recorderId, version } = source;
    if (this.#pullVersion(recorderId) === undefined || this.#pulling.has(recorderId)) return;
    const stop = new AbortController();
    const pulling: Pulling = { version, stop, ended: Promise.resolve(), trouble: null };
    const { backOff } = this.#options;
    pulling.ended = keepPulling(
      {
        open: async (signal) => {
          this.#demandRoomFor(recorderId);
          return source.open(signal);
        },
        take: async (feed) => {
          await this.#take(recorderId, feed);
          pulling.trouble = null;
        },
        onEnded: (end: FeedEnd) => this.#troubled(recorderId, pulling, `${end.cause}: ${end.detail}`),
        onFailure: (error) => {
          this.#options.onRefused(recorderId, error);
          this.#troubled(recorderId, pulling, error instanceof Error ? error.message : String(error));
        },
        ...(backOff === undefined ? {} : { backOff }),
      },
      stop.signal,
    );
    this.#pulling.set(recorderId, pulling);
  }

  #troubled(recorderId: string, pulling: Pulling, trouble: string): void {
    pulling.trouble = trouble;
    this.#options.onChange(recorderId);
  }

  async #stopPulling(recorderId: string): Promise<void> {
    const pulling = this.#pulling.get(recorderId);
    this.#pulling.delete(recorderId);
    pulling?.stop.abort();
    await pulling?.ended;
  }

  /** Asked again here, at once before it is taken: others may have come while this one was being connected. */
  async #take(recorderId: string, feed: LiveFeed): Promise<void> {
    this.#demandRoomFor(recorderId);
    await this.#line(recorderId).take(feed);
  }

  #demandRoomFor(recorderId: string): void {
    const { mostStreams } = this.#options;
    const others = [...this.#lines.values()].filter(
      (line) => line.recorderId !== recorderId && line.isCarrying,
    );
    if (others.length >= mostStreams) throw new TooManyStreamsError(mostStreams);
  }

  #line(recorderId: string): RecorderLine {
    const known = this.#lines.get(recorderId);
    if (known !== undefined) return known;
    const { recorder, carry, resumeMs, onChange, log } = this.#options;
    const line = new RecorderLine({
      recorderId,
      recorder,
      carry,
      resumeMs,
      onChange: () => onChange(recorderId),
      log,
    });
    this.#lines.set(recorderId, line);
    return line;
  }

  #standing(recorderId: string): LineStanding {
    const line = this.#lines.get(recorderId);
    const { operationId, isAlways } = this.#wantedOf(recorderId);
    return {
      recorderId,
      operationId,
      isExpected: operationId !== null || isAlways,
      isRegistered: this.#plan.pulled.has(recorderId) || this.#plan.pushing.has(recorderId),
      stream: line?.stream ?? null,
      sessionId: line?.recording?.sessionId ?? null,
      lastPartMs: line?.recording?.lastPartMs ?? null,
      failure: line?.recording?.failure ?? null,
      trouble: this.#pulling.get(recorderId)?.trouble ?? null,
    };
  }
}

/** One stream more than the settings allow. */
export class TooManyStreamsError extends Error {
  constructor(mostStreams: number) {
    super(`${mostStreams} streams come in already; live.streams allows no more`);
    this.name = 'TooManyStreamsError';
  }
}
