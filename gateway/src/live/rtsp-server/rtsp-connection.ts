import type { Socket } from 'node:net';
import {
  encodeResponse,
  encodeSession,
  type FeedEnd,
  isRtspProtocolError,
  MessageStream,
  RtspHeaders,
  type RtspRequest,
} from '@docket/device-protocol/live';
import { RequestRate } from '../request-rate.ts';
import type { Answer } from './answer.ts';
import { FrameQueue } from './frame-queue.ts';
import type { RtspLimits } from './limits.ts';
import type { PathConnection } from './packet-path.ts';

/** What a connection asks of whoever answers its requests. */
export interface RtspConversation {
  /** The session that stands, whose id answers carry; `null`: none. */
  readonly sessionId: string | null;
  readonly isAuthenticated: boolean;
  answer(request: RtspRequest, signal: AbortSignal): Promise<Answer>;
  /** Called now and then: why the connection is to be closed, if it is. */
  check(nowMs: number): FeedEnd | null;
  /** The connection is gone; resolves once nothing hangs on it. */
  end(end: FeedEnd): Promise<void>;
}

/** Where answers may pile up for a peer that asks and does not read. */
const mostUnreadBytes = 8 * 1024 * 1024;
/** How long a peer is given to take what is left for it. */
const farewellMs = 2_000;

/** One TCP connection: requests are answered one at a time in their order, packets between them handed on. */
export class RtspConnection implements PathConnection {
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #limits: RtspLimits;
  readonly #frames: FrameQueue;
  readonly #rate: RequestRate;
  readonly #channels = new Map<number, (packet: Buffer) => void>();
  readonly #openedAtMs = performance.now();
  readonly #closing = new AbortController();
  #lastRequestMs = performance.now();
  #end: FeedEnd | null = null;
  #finishedAtMs: number | null = null;
  /** The last answer was given. */
  #isDeaf = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(socket: Socket, limits: RtspLimits) {
    this.localAddress = plainAddress(socket.localAddress ?? '');
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.#socket = socket;
    this.#limits = limits;
    this.#frames = new FrameQueue(socket);
    this.#rate = new RequestRate(limits.requestsPerSecond);
  }

  get backlogBytes(): number {
    return this.#frames.backlogBytes;
  }

  stalledForMs(nowMs: number): number {
    return this.#frames.stalledForMs(nowMs);
  }

  sendFrame(channel: number, packet: Buffer): void {
    if (!this.#socket.destroyed) this.#frames.send(channel, packet);
  }

  takeFrames(channel: number, take: (packet: Buffer) => void): (() => void) | null {
    if (this.#channels.has(channel) || channel > 0xff) return null;
    this.#channels.set(channel, take);
    return () => this.#channels.delete(channel);
  }

  /** Serves until the connection ends; resolves once nothing of it is open. Never rejects. */
  serve(conversation: RtspConversation): Promise<void> {
    this.#ended = this.#serve(conversation);
    return this.#ended;
  }

  /** Ends at once; resolves once nothing of it is open. */
  async close(end: FeedEnd): Promise<void> {
    this.#end ??= end;
    this.#closing.abort();
    this.#socket.destroy();
    await this.#ended;
  }

  /** Ends once the peer has taken what waits for it, or has had time to. */
  finish(): void {
    this.#finishedAtMs ??= performance.now();
  }

  /** Called now and then. */
  check(nowMs: number, conversation: RtspConversation): void {
    const end = this.#reasonToEnd(nowMs, conversation);
    if (end !== null) void this.close(end);
  }

  async #serve(conversation: RtspConversation): Promise<void> {
    const messages = new MessageStream({ strayBytes: 'refuse' });
    try {
      // Not destroyed by leaving the loop: what is wrong with the bytes is still answered.
      for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
        for (const item of messages.push(chunk as Buffer)) {
          if (item.kind === 'frame') this.#channels.get(item.channel)?.(item.payload);
          else if (item.kind === 'request') await this.#answer(item, conversation);
          if (this.#socket.destroyed) break;
        }
      }
      this.#end ??= { cause: 'connection-lost', detail: 'the peer closed the connection' };
    } catch (error) {
      this.#end ??= this.#failure(error);
    }
    this.#closing.abort();
    this.#socket.destroy();
    await conversation.end(this.#end);
  }

  async #answer(request: RtspRequest, conversation: RtspConversation): Promise<void> {
    if (this.#isDeaf) return;
    this.#lastRequestMs = performance.now();
    if (!this.#rate.take(this.#lastRequestMs)) throw new ProtocolFault('too many requests');
    this.#frames.hold();
    try {
      const answer = await this.#answerTo(request, conversation);
      if (this.#socket.writable) this.#socket.write(encode(request, answer, conversation, this.#limits));
      if (answer.isLast) {
        this.#isDeaf = true;
        this.finish();
      }
    } finally {
      this.#frames.release();
    }
  }

  async #answerTo(request: RtspRequest, conversation: RtspConversation): Promise<Answer> {
    if (request.headers.get('CSeq') === null) return { status: 400, isLast: true };
    const required = request.headers.get('Require');
    if (required !== null) return { status: 551, headers: [['Unsupported', required]] };
    return conversation.answer(request, this.#closing.signal);
  }

  #failure(error: unknown): FeedEnd {
    if (error instanceof ProtocolFault) return { cause: 'protocol', detail: error.message };
    if (isRtspProtocolError(error)) {
      const head = encodeResponse({ status: error.status, headers: new RtspHeaders() });
      if (this.#socket.writable) this.#socket.write(head);
      return { cause: 'protocol', detail: error.message };
    }
    const detail = error instanceof Error ? error.message : 'the connection broke';
    return { cause: 'connection-lost', detail };
  }

  #reasonToEnd(nowMs: number, conversation: RtspConversation): FeedEnd | null {
    const { authenticationMs, sessionMs } = this.#limits;
    if (this.#finishedAtMs !== null) {
      if (this.#frames.backlogBytes === 0) this.#socket.end();
      return nowMs - this.#finishedAtMs > farewellMs ? { cause: 'closed', detail: 'ended here' } : null;
    }
    if (!conversation.isAuthenticated && nowMs - this.#openedAtMs > authenticationMs)
      return { cause: 'refused', detail: 'no credentials were shown in time' };
    if (conversation.sessionId === null && nowMs - this.#lastRequestMs > sessionMs)
      return { cause: 'silent', detail: 'nothing was asked for a long time' };
    if (this.#socket.writableLength > mostUnreadBytes)
      return { cause: 'protocol', detail: 'the peer asks and does not read the answers' };
    return conversation.check(nowMs);
  }
}

class ProtocolFault extends Error {}

function encode(
  request: RtspRequest,
  { status, headers = [], body }: Answer,
  { sessionId }: RtspConversation,
  { sessionMs }: RtspLimits,
): Buffer {
  const lines = new RtspHeaders([['CSeq', request.headers.get('CSeq') ?? '0'], ...headers]);
  if (sessionId !== null) lines.set('Session', encodeSession({ id: sessionId, timeoutMs: sessionMs }));
  return encodeResponse({ status, headers: lines, ...(body === undefined ? {} : { body }) });
}

/** An IPv4 address that came in by an IPv6 socket, as itself. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/iu, '');
}
