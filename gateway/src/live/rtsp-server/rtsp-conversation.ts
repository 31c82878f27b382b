import type { TrackFormat } from '@docket/device-protocol/live';
import {
  type FeedEnd,
  type LiveDescription,
  parseDescription,
  type RtspRequest,
  relayedDescription,
} from '@docket/device-protocol/live';
import type { Log } from '../../log.ts';
import type { LiveStream, LiveStreams } from '../live-stream.ts';
import { type Answer, ok, refusal } from './answer.ts';
import type { RtspLimits } from './limits.ts';
import { type LivePath, livePath } from './live-path.ts';
import { PushSession, type TakePush } from './push-session.ts';
import type { RtspConnection, RtspConversation } from './rtsp-connection.ts';
import type { RtspDoor } from './rtsp-door.ts';
import { ViewSession } from './view-session.ts';

export interface ConversationOptions {
  connection: RtspConnection;
  door: RtspDoor;
  streams: LiveStreams;
  limits: RtspLimits;
  silenceMs: number;
  hasRoomForViewer(recorderId: string): boolean;
  takePush: TakePush;
  log: Log;
}

const methods =
  'OPTIONS, ANNOUNCE, DESCRIBE, SETUP, RECORD, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER';

/** What is said on one connection: who it is, and its one session, which ends with it. */
export class DocketConversation implements RtspConversation {
  readonly #options: ConversationOptions;
  #session: PushSession | ViewSession | null = null;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  get sessionId(): string | null {
    return this.#session?.id ?? null;
  }

  get isAuthenticated(): boolean {
    return this.#options.door.principal !== null;
  }

  get session(): PushSession | ViewSession | null {
    return this.#session;
  }

  async answer(request: RtspRequest, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#answer(request, signal);
    } catch (error) {
      this.#options.log.error({ err: error, method: request.method }, 'RTSP request failed');
      return { status: 500, isLast: true };
    }
  }

  async #answer(request: RtspRequest, signal: AbortSignal): Promise<Answer> {
    const told = request.headers.get('Session')?.split(';')[0]?.trim() ?? null;
    if (told !== null && told !== this.#session?.id) return refusal(454);
    if (this.#session?.kind === 'view') this.#session.signOfLife();
    switch (request.method) {
      case 'OPTIONS':
        return { status: 200, headers: [['Public', methods]] };
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        // Asked to keep the session alive; there is nothing to be got or set.
        return request.body.length === 0 ? ok : refusal(451);
      case 'ANNOUNCE':
        return this.#announce(request, signal);
      case 'DESCRIBE':
        return this.#describe(request, signal);
      case 'SETUP':
        return this.#session?.setUp(request) ?? this.#setUpView(request, signal);
      case 'RECORD':
        return this.#session?.kind === 'push' ? this.#session.record() : this.#outOfPlace();
      case 'PLAY':
        return this.#session?.kind === 'view' ? this.#play(this.#session) : this.#outOfPlace();
      case 'PAUSE':
        return this.#session?.pause() ?? this.#outOfPlace();
      case 'TEARDOWN':
        return this.#tearDown();
      default:
        return { status: 501, headers: [['Public', methods]] };
    }
  }

  check(nowMs: number): FeedEnd | null {
    return this.#session?.check(nowMs) ?? null;
  }

  async end(end: FeedEnd): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (session === null) return;
    await session.end(end);
    if (session.kind === 'push') return;
    this.#options.log.info({ ...session.statistics(), ...end }, 'live viewer left');
  }

  async #announce(request: RtspRequest, signal: AbortSignal): Promise<Answer> {
    const path = livePath(request.url);
    if (path === null) return refusal(404);
    if (this.#session !== null) return refusal(455);
    const admitted = await this.#options.door.admit(request, 'recorder', signal);
    if ('status' in admitted) return admitted;
    const { recorderId } = admitted;
    const description = readDescription(request);
    if (typeof description === 'number') return refusal(description);
    const { connection, silenceMs, takePush, log } = this.#options;
    const { refused } = description;
    if (refused.length > 0) log.warn({ recorderId, refused }, 'live tracks of codecs that are not carried');
    if (description.tracks.length === 0) return refusal(415);
    this.#session = new PushSession({
      recorderId,
      description,
      connection,
      silenceMs,
      take: takePush,
      hangUp: (end) => connection.close(end),
    });
    return ok;
  }

  async #describe(request: RtspRequest, signal: AbortSignal): Promise<Answer> {
    const found = await this.#findStream(request, signal);
    if ('status' in found) return found;
    const { stream, path } = found;
    const body = relayedDescription(stream.description, {
      sessionName: stream.recorderId,
      address: this.#options.connection.localAddress,
      formats: formatsOf(stream),
    });
    const headers: [string, string][] = [
      ['Content-Base', `${path.base}/`],
      ['Content-Type', 'application/sdp'],
    ];
    return { status: 200, headers, body };
  }

  async #setUpView(request: RtspRequest, signal: AbortSignal): Promise<Answer> {
    const found = await this.#findStream(request, signal);
    if ('status' in found) return found;
    const { connection, limits, hasRoomForViewer } = this.#options;
    const { stream, path, viewerName } = found;
    if (!hasRoomForViewer(stream.recorderId)) return refusal(453);
    const session = new ViewSession({
      stream,
      viewerName,
      base: path.base,
      connection,
      ...limits,
      finish: () => {
        session.sayGoodbye();
        connection.finish();
      },
    });
    // Counted from now on: what follows may wait for the system.
    this.#session = session;
    const answer = await session.setUp(request);
    if (answer.status !== 200) this.#session = null;
    return answer;
  }

  #play(session: ViewSession): Answer {
    const answer = session.play();
    if (answer.status === 200) this.#options.log.info(session.statistics(), 'live viewer plays');
    return answer;
  }

  async #tearDown(): Promise<Answer> {
    if (this.#session === null) return refusal(454);
    await this.end({ cause: 'goodbye', detail: 'the peer said so (TEARDOWN)' });
    return ok;
  }

  #outOfPlace(): Answer {
    return refusal(this.#session === null ? 454 : 455);
  }

  async #findStream(
    request: RtspRequest,
    signal: AbortSignal,
  ): Promise<{ stream: LiveStream; path: LivePath; viewerName: string } | Answer> {
    const { door, streams } = this.#options;
    const admitted = await door.admit(request, 'viewer', signal);
    if ('status' in admitted) return admitted;
    const path = livePath(request.url);
    const stream = path && streams.get(path.name);
    if (path === null || stream === null) return refusal(404);
    return { stream, path, viewerName: admitted.name };
  }
}

/** The description that ANNOUNCE brings, or the status that refuses it. */
function readDescription({ url, headers, body }: RtspRequest): LiveDescription | number {
  if (!/^application\/sdp\b/iu.test(headers.get('Content-Type') ?? '')) return 415;
  try {
    return parseDescription(body.toString('utf8'), { baseUrl: url });
  } catch {
    return 400;
  }
}

/** Parameter sets as the stream itself told them: many recorders leave them out of their description. */
function formatsOf(stream: LiveStream): ReadonlyMap<number, TrackFormat> {
  const formats = new Map<number, TrackFormat>();
  for (const track of stream.description.tracks) {
    const format = stream.format(track);
    if (format !== null) formats.set(track.index, format);
  }
  return formats;
}
