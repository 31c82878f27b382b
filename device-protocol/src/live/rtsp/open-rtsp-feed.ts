import type { LiveFeed, LiveFeedListener, LiveTransport } from '../live-feed.ts';
import type { LiveTrack } from '../live-track.ts';
import { ClientAuthorization, type LiveCredentials } from './client-authorization.ts';
import { ClientConnection } from './client-connection.ts';
import { Dialogue } from './dialogue.ts';
import { FeedEnded, LiveError, Redirection } from './live-error.ts';
import { isNear } from './near-address.ts';
import { isRtspProtocolError } from './protocol-error.ts';
import { RtspFeed } from './rtsp-feed.ts';
import { RtspSession } from './rtsp-session.ts';
import { parseRtspUrl, type RtspUrl } from './rtsp-url.ts';
import { answerServer } from './server-requests.ts';
import { setUpSession } from './set-up-session.ts';
import type { PortRange } from './udp-pair.ts';

export interface RtspFeedRequest {
  /** rtsp: only; a user name and password in it are not used. */
  url: string;
  credentials: LiveCredentials | null;
  /** Ways to carry packets, the first that works is taken. */
  transports: readonly LiveTransport[];
  /** A stream that sends nothing for so long is over. */
  silenceMs: number;
  /** For each attempt: one way at one address. */
  connectTimeoutMs: number;
  /** Where UDP ports are taken from; any where left out. */
  udpPorts?: PortRange;
  /** Ends opening, and the feed. */
  signal: AbortSignal;
}

/** Where to connect, and what to ask for: the same but behind a proxy (305). */
interface Target {
  host: string;
  port: number;
  url: RtspUrl;
}

const mostRedirections = 5;
const mostUdpPatienceMs = 3000;

/**
 * Pulls a live stream by RTSP (RFC 2326). Redirections are followed to rtsp: addresses, from elsewhere not to this machine,
 * with credentials to the same host only. By UDP it resolves once the first packet came, else the next way is tried. Throws LiveError, or the signal's
 * reason; no message holds a secret.
 */
export async function openRtspFeed(request: RtspFeedRequest): Promise<LiveFeed> {
  const url = urlOf(request.url);
  const opening = new Opening(request, url.host);
  let target: Target = { host: url.host, port: url.port, url };
  let failure: unknown = new LiveError('transport-refused', 'no way to carry packets is allowed');
  let redirections = 0;
  for (let way = 0; way < request.transports.length; ) {
    try {
      return await opening.feed(target, request.transports.slice(way));
    } catch (error) {
      if (error instanceof Redirection) {
        redirections += 1;
        if (redirections > mostRedirections)
          throw new LiveError('protocol', 'the recorder redirects without end');
        target = redirected(target, error);
      } else if (error instanceof LiveError && error.code === 'transport-refused') {
        failure = error;
        way += 1;
      } else {
        throw error;
      }
    }
  }
  throw failure;
}

class Opening {
  readonly #request: RtspFeedRequest;
  readonly #trustedHost: string;
  /** Of the recorder itself, once it was connected. */
  #isRecorderNear: boolean | null = null;

  constructor(request: RtspFeedRequest, trustedHost: string) {
    this.#request = request;
    this.#trustedHost = trustedHost.toLowerCase();
  }

  async feed(target: Target, transports: readonly LiveTransport[]): Promise<RtspFeed> {
    const { silenceMs, signal } = this.#request;
    let current = target;
    const feed: RtspFeed = new RtspFeed({
      silenceMs,
      signal,
      reopen: (redirection, sink, tracks, stop) => {
        current = redirected(current, redirection);
        return this.#session(current, [feed.transport], sink, stop, tracks);
      },
    });
    try {
      feed.take(await this.#session(target, transports, feed, signal));
      if (feed.transport === 'udp') await this.#heard(feed);
      return feed;
    } catch (error) {
      await feed.close();
      throw error;
    }
  }

  async #session(
    target: Target,
    transports: readonly LiveTransport[],
    sink: LiveFeedListener,
    signal: AbortSignal,
    tracks?: readonly LiveTrack[],
  ): Promise<RtspSession> {
    const { connectTimeoutMs, udpPorts } = this.#request;
    return within(connectTimeoutMs, signal, async (attempt) => {
      const connection = await ClientConnection.open(target.host, target.port, attempt);
      const abort = () => connection.fail(reasonOf(attempt));
      attempt.addEventListener('abort', abort, { once: true });
      connection.listener = {
        frame: () => undefined,
        request: (asked) => {
          const end = answerServer(connection, asked, []);
          if (end !== null) connection.fail(end);
        },
      };
      try {
        this.#demandWayOut(connection);
        const dialogue = new Dialogue(connection, this.#authorization(target));
        const setUp = await setUpSession(dialogue, target.url.text, transports, udpPorts);
        return new RtspSession(dialogue, setUp, sink, tracks);
      } catch (error) {
        await connection.close();
        if (error instanceof FeedEnded) throw new LiveError('refused', error.message);
        throw isRtspProtocolError(error) ? new LiveError('protocol', error.message) : error;
      } finally {
        attempt.removeEventListener('abort', abort);
      }
    });
  }

  /** A recorder elsewhere may not redirect to this machine. Asked of the connection, for names lead anywhere. */
  #demandWayOut(connection: ClientConnection): void {
    const isHere = isNear(connection);
    this.#isRecorderNear ??= isHere;
    if (isHere && !this.#isRecorderNear)
      throw new LiveError('protocol', 'the recorder redirects to the dock itself');
  }

  /** Credentials are meant for one host; whoever that host points to gets none. */
  #authorization({ host }: Target): ClientAuthorization | null {
    const { credentials } = this.#request;
    if (credentials === null || host.toLowerCase() !== this.#trustedHost) return null;
    return new ClientAuthorization(credentials);
  }

  /** By UDP only a packet shows that packets come through. */
  async #heard(feed: RtspFeed): Promise<void> {
    const patienceMs = Math.min(mostUdpPatienceMs, this.#request.connectTimeoutMs);
    const nothing = new LiveError('transport-refused', `nothing came by UDP within ${patienceMs} ms`);
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(nothing), patienceMs);
        feed.onFirstPacket = resolve;
        void feed.ended.then(({ detail }) => reject(new LiveError('refused', detail)));
        feed.play().catch(reject);
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Where a redirection leads. Throws LiveError `protocol` for another scheme. */
function redirected(from: Target, { location, isProxy }: Redirection): Target {
  const absolute = URL.canParse(location, from.url.text) ? new URL(location, from.url.text).href : location;
  const to = urlOf(absolute);
  return { host: to.host, port: to.port, url: isProxy ? from.url : to };
}

function urlOf(text: string): RtspUrl {
  try {
    return parseRtspUrl(text);
  } catch (error) {
    throw new LiveError('protocol', isRtspProtocolError(error) ? error.message : 'that is no URL');
  }
}

/** Does something within a time; the signal it gets aborts with LiveError `timed-out` or the reason of the outer one. */
async function within<Result>(
  timeoutMs: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const attempt = new AbortController();
  const abort = () => attempt.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const late = new LiveError('timed-out', `the recorder did not answer within ${timeoutMs} ms`);
  const timer = setTimeout(() => attempt.abort(late), timeoutMs);
  try {
    return await act(attempt.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new LiveError('timed-out', 'it is no longer wanted');
}
