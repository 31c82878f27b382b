import { randomBytes } from 'node:crypto';
import type { Arrival } from '../arrival.ts';
import { hostClockMs } from '../host-clock.ts';
import type { LiveFeedListener, LiveTransport } from '../live-feed.ts';
import type { LiveDescription, LiveTrack } from '../live-track.ts';
import { buildGoodbye, buildReceiverReport } from '../rtp/build-rtcp.ts';
import type { Dialogue } from './dialogue.ts';
import { refusal } from './dialogue.ts';
import { KeepAlive } from './keep-alive.ts';
import { FeedEnded } from './live-error.ts';
import { answerServer } from './server-requests.ts';
import type { SetUpSession, TrackPath } from './set-up-session.ts';
import { chooseIntake, TrackIntake } from './track-intake.ts';

const reportEveryMs = 5000;
const teardownPatienceMs = 1000;

interface Path extends TrackPath {
  intake: TrackIntake;
}

/** One session with a recorder, from SETUP to TEARDOWN. */
export class RtspSession {
  readonly description: LiveDescription;
  readonly transport: LiveTransport;
  readonly #dialogue: Dialogue;
  readonly #setUp: SetUpSession;
  readonly #paths: readonly Path[];
  readonly #byChannel = new Map<number, TrackIntake[]>();
  readonly #source = { ssrc: randomBytes(4).readUInt32BE(), canonicalName: 'docket' };
  #keepAlive: KeepAlive | null = null;
  #reportTimer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | null = null;
  /** Hears once what ends it: FeedEnded, Redirection, LiveError. It must then be closed. */
  onEnd: ((error: Error) => void) | null = null;

  /** `tracks` are what the packets are handed on as, in the order of the session's own. */
  constructor(
    dialogue: Dialogue,
    setUp: SetUpSession,
    sink: LiveFeedListener,
    tracks: readonly LiveTrack[] = setUp.description.tracks,
  ) {
    this.#dialogue = dialogue;
    this.#setUp = setUp;
    this.description = setUp.description;
    this.transport = setUp.paths.some(({ udp }) => udp !== null) ? 'udp' : 'tcp';
    this.#paths = setUp.paths.map((path, index) => ({
      ...path,
      intake: new TrackIntake(tracks[index] ?? path.track, sink),
    }));
    this.#connect();
  }

  /** Lets the stream flow. Throws LiveError, Redirection, or what ended the connection. */
  async play(): Promise<void> {
    for (const { udp } of this.#paths) udp?.punch(buildReceiverReport(this.#source, []));
    const { session, url, hasGetParameter } = this.#setUp;
    await this.#askToPlay(session.id);
    if (this.#closing !== null) return;
    this.#keepAlive = new KeepAlive(this.#dialogue, {
      url,
      sessionId: session.id,
      timeoutMs: session.timeoutMs,
      provesArrival: this.transport === 'tcp',
      hasGetParameter,
      onEnd: (error) => this.onEnd?.(error),
    });
    this.#reportTimer = setInterval(() => this.#report(), reportEveryMs);
  }

  /** Ends it in good order where the connection still stands; resolves once nothing of it is open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.onEnd = null;
    this.#keepAlive?.stop();
    clearInterval(this.#reportTimer);
    const { connection } = this.#dialogue;
    connection.listener = null;
    for (const path of this.#paths) this.#sendRtcp(path, buildGoodbye(this.#source));
    const patience = setTimeout(
      () => connection.fail(new FeedEnded('closed', 'the recorder did not answer TEARDOWN')),
      teardownPatienceMs,
    );
    try {
      await this.#dialogue.ask('TEARDOWN', this.#setUp.url, [['Session', this.#setUp.session.id]]);
    } catch {
      // It is over either way.
    } finally {
      clearTimeout(patience);
      await Promise.all([connection.close(), ...this.#paths.map(({ udp }) => udp?.close())]);
    }
  }

  #connect(): void {
    const { connection } = this.#dialogue;
    for (const { channels, udp, intake } of this.#paths) {
      for (const channel of channels === null ? [] : [channels.rtp, channels.rtcp]) {
        const shared = this.#byChannel.get(channel) ?? [];
        if (!shared.includes(intake)) this.#byChannel.set(channel, [...shared, intake]);
      }
      if (udp !== null)
        udp.onPacket = (packet) => this.#take(intake, packet, { atMs: hostClockMs(), sentNotBeforeMs: null });
    }
    connection.listener = {
      frame: (channel, payload, arrival) => {
        const intakes = this.#byChannel.get(channel);
        const intake = intakes === undefined ? undefined : chooseIntake(intakes, payload);
        if (intake !== undefined) this.#take(intake, payload, arrival);
      },
      request: (request) => {
        const tracks = this.#paths.map(({ intake }) => intake.track);
        const end = answerServer(connection, request, tracks);
        if (end !== null) this.onEnd?.(end);
      },
    };
    connection.onFailure = (error) => this.onEnd?.(error);
  }

  #take(intake: TrackIntake, packet: Buffer, arrival: Arrival): void {
    intake.take(packet, arrival);
    if (intake.hasSaidGoodbye && this.#paths.every((path) => path.intake.hasSaidGoodbye))
      this.onEnd?.(new FeedEnded('goodbye', 'the recorder said goodbye on every track'));
  }

  async #askToPlay(sessionId: string): Promise<void> {
    const session = ['Session', sessionId] as const;
    const range = ['Range', 'npt=0.000-'] as const;
    let { status } = await this.#dialogue.ask('PLAY', this.#setUp.url, [session, range]);
    // Some recorders know no range of what is live.
    if (status === 457) ({ status } = await this.#dialogue.ask('PLAY', this.#setUp.url, [session]));
    if (status >= 200 && status < 300) return;
    // Aggregate operation not allowed: each track by itself (RFC 2326 §11.3.9).
    if (status !== 459) throw refusal('PLAY', status);
    for (const { url } of this.#paths) await this.#dialogue.must('PLAY', url, [session, range]);
  }

  #report(): void {
    const nowMs = hostClockMs();
    for (const path of this.#paths) {
      const block = path.intake.statistics.report(nowMs);
      if (block !== null) this.#sendRtcp(path, buildReceiverReport(this.#source, [block]));
    }
  }

  #sendRtcp({ channels, udp }: Path, packet: Buffer): void {
    if (channels !== null) this.#dialogue.connection.sendFrame(channels.rtcp, packet);
    udp?.sendRtcp(packet);
  }
}
