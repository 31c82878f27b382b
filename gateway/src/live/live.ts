import { isLiveError, type LiveFeed } from '@docket/device-protocol/live';
import type { LiveAlarms, LiveRecorder, LiveSources, Operations } from '@docket/ingest';
import type { Component } from '../component.ts';
import type { Config } from '../config/index.ts';
import type { Log } from '../log.ts';
import { BitRates } from './bit-rates.ts';
import { readLivePlan } from './live-plan.ts';
import type { LiveStreams } from './live-stream.ts';
import type { LiveLine, LiveView } from './live-view.ts';
import { LivePlay } from './play/index.ts';
import { RefusalAlarms, refusalKinds } from './refusal-alarms.ts';
import { RtmpServer } from './rtmp/rtmp-server.ts';
import { RtspServer } from './rtsp-server/rtsp-server.ts';
import { StreamHub } from './stream-hub/stream-hub.ts';
import { LiveSupervisor, TooManyStreamsError } from './supervisor/live-supervisor.ts';
import { LiveWatch, watchedKinds } from './supervisor/live-watch.ts';

export interface LiveOptions {
  settings: Config['live'];
  sources: LiveSources;
  operations: Operations;
  alarms: LiveAlarms;
  recorder: LiveRecorder;
  onChange(recorderId: string): void;
  log: Log;
}

/** How much longer than a silent stream may last its recording may stand still before an alarm: a part, and its way to the disk. */
const partSlackMs = 3_000;

/** Everything that carries live streams: in by pull and push, into recordings, and out to whoever watches. */
export class Live implements Component, LiveView {
  readonly name = 'live';
  readonly streams: LiveStreams;
  /** Shows streams to browsers. */
  readonly play: LivePlay;
  readonly #options: LiveOptions;
  readonly #refusals: RefusalAlarms;
  readonly #bitRates: BitRates;
  readonly #supervisor: LiveSupervisor;
  readonly #rtsp: RtspServer;
  readonly #rtmp: RtmpServer;
  readonly #stopping = new AbortController();
  readonly #unsubscribe: (() => void)[] = [];
  #watching: Promise<void> = Promise.resolve();

  constructor(options: LiveOptions) {
    this.#options = options;
    const { settings, sources, operations, alarms, recorder, onChange, log } = options;
    const hub = new StreamHub({
      onSinkFailure: (recorderId, error) =>
        log.error({ err: error, recorderId }, 'a viewer of a live stream failed'),
    });
    this.streams = hub;
    this.play = new LivePlay({ streams: hub, transcodings: settings.transcodings, log });
    this.#refusals = new RefusalAlarms(alarms, log);
    this.#bitRates = new BitRates(hub);
    this.#supervisor = new LiveSupervisor({
      readPlan: () => readLivePlan({ sources, operations, silenceMs: settings.silenceMs }),
      recorder,
      carry: (recorderId, sessionId, feed) => hub.carry(recorderId, sessionId, feed),
      mostStreams: settings.streams,
      resumeMs: settings.resumeSeconds * 1_000,
      onChange: (recorderId) => {
        if (hub.get(recorderId) !== null) this.#refusals.flows(recorderId);
        onChange(recorderId);
      },
      onRefused: (recorderId, error) => this.#refused(recorderId, error),
      log,
    });
    this.#rtsp = new RtspServer({
      settings: settings.rtsp,
      silenceMs: settings.silenceMs,
      streams: hub,
      authenticatePush: (userName) => {
        const source = sources.findPusher(userName);
        return source?.way === 'push-rtsp' ? { recorderId: source.recorderId, ...source.secret } : null;
      },
      onPush: (push) => this.#takePushed(push),
      onPushRefused: (remoteAddress) =>
        this.#refusals.stranger({
          kind: 'wrong-credentials',
          by: 'rtsp',
          address: remoteAddress,
          name: null,
        }),
      log,
    });
    this.#rtmp = this.#rtmpServer();
  }

  async start(signal: AbortSignal): Promise<void> {
    const { sources, operations, alarms, log, settings } = this.#options;
    // What the run before raised and could not end; what is still so is raised anew within seconds.
    await alarms.endAll([...watchedKinds, ...refusalKinds]);
    const settle = () => void this.#supervisor.settle().catch(() => {});
    this.#unsubscribe.push(sources.onChange(settle), operations.onChange(settle));
    await this.#supervisor.settle();
    await this.#rtsp.start(signal);
    await this.#rtmp.start(signal);
    const watch = new LiveWatch({
      standings: () => this.#supervisor.standings(),
      graceMs: settings.silenceMs + partSlackMs,
      raise: (fault) => alarms.raise(fault),
      end: (alarmId) => alarms.end(alarmId),
      onError: (error) => log.error({ err: error }, 'live watch failed'),
    });
    this.#watching = watch.run(AbortSignal.any([signal, this.#stopping.signal]));
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#stopping.abort();
    await this.#watching;
    // Recordings first: what still comes in while doors close is theirs to end in good order.
    await this.#supervisor.stop();
    await this.play.close();
    await this.#rtsp.stop();
    await this.#rtmp.stop();
    await this.#refusals.settle();
  }

  /** The port on which RTMP is taken; `null` where it is not. */
  rtmpPort(): number | null {
    return this.#rtmp.port;
  }

  /** Where recorders push and viewers watch by RTSP; `null` where neither may. */
  rtspAddress(): { address: string; port: number } | null {
    return this.#rtsp.address();
  }

  pushPorts(): { rtsp: number | null; rtmp: number | null } {
    return { rtsp: this.rtspAddress()?.port ?? null, rtmp: this.rtmpPort() };
  }

  lines(): LiveLine[] {
    const watching = this.#rtsp.viewers();
    return this.#supervisor.standings().map((standing) => ({
      ...standing,
      bitsPerSecond: this.#bitRates.of(standing.recorderId),
      viewers:
        watching.filter(({ recorderId }) => recorderId === standing.recorderId).length +
        this.play.viewersOf(standing.recorderId),
    }));
  }

  #rtmpServer(): RtmpServer {
    const { settings, sources, log } = this.#options;
    return new RtmpServer({
      settings: settings.rtmp,
      findPusher: (streamName) => {
        const source = sources.findPusher(streamName);
        return source?.way === 'push-rtmp'
          ? { recorderId: source.recorderId, keySha256: source.secret }
          : null;
      },
      onPush: (push) => this.#takePushed(push),
      onRefused: ({ reason, recorderId, address: from }) => {
        if (reason === 'unregistered-push' || reason === 'credentials-refused')
          this.#refusals.stranger({
            kind: 'wrong-credentials',
            by: 'rtmp',
            address: from,
            name: recorderId,
          });
      },
      silenceMs: settings.silenceMs,
      log,
    });
  }

  async #takePushed(push: { recorderId: string; feed: LiveFeed }): Promise<'accepted' | { refused: string }> {
    const refusal = await this.#supervisor.takePushed(push);
    if (refusal === 'not-registered')
      this.#refusals.stranger({ kind: 'may-not-send', name: push.recorderId });
    return refusal === null ? 'accepted' : { refused: refusal };
  }

  #refused(recorderId: string, error: unknown): void {
    if (error instanceof TooManyStreamsError) {
      this.#refusals.refused(recorderId, 'too-many-streams', {
        kind: 'too-many-streams',
        streams: this.#options.settings.streams,
      });
    } else if (isLiveError(error) && error.code === 'refused-credentials') {
      this.#refusals.refused(recorderId, 'credentials-refused', {
        kind: 'credentials-refused',
        words: error.message,
      });
    } else {
      this.#options.log.warn({ err: error, recorderId }, 'live stream could not be taken');
    }
  }
}
