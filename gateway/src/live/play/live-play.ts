import type { WebSocket } from 'ws';
import type { PlayEnd, PlayQuestion } from '../../contract/index.ts';
import type { Log } from '../../log.ts';
import type { LiveStream, LiveStreams } from '../live-stream.ts';
import { RequestRate } from '../request-rate.ts';
import type { PlayQuery } from './play-query.ts';
import { PlayStream } from './play-stream.ts';
import { PlayViewer, type ViewerBounds, viewerBounds } from './play-viewer.ts';
import { Transcoding } from './transcoding.ts';

export interface LivePlayOptions {
  streams: LiveStreams;
  /** How many streams are transcoded at once. */
  transcodings: number;
  log: Log;
  bounds?: ViewerBounds;
  /** Of all streams together. */
  mostViewers?: number;
  /** A stream that nobody watches any more is shown this much longer. */
  lingerMs?: number;
  /** Between two signs of life of a viewer. */
  heartbeatMs?: number;
}

/** A viewer asks for the time about once a second. Pings are answered by the library, and bounded there. */
const mostQuestionsASecond = 20;

interface Watching {
  viewer: PlayViewer;
  isAlive: boolean;
  isWelcome(): boolean;
}

/** Shows live streams to browsers: each stream once, or twice where some of them need it transcoded. */
export class LivePlay {
  readonly #options: LivePlayOptions;
  readonly #shown = new Map<LiveStream, Partial<Record<'direct' | 'transcoded', PlayStream>>>();
  readonly #watching = new Map<WebSocket, Watching>();
  readonly #transcodings = new Set<Transcoding>();
  #heartbeat: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: LivePlayOptions) {
    this.#options = options;
  }

  /** Shows the stream of a recorder to one viewer until either leaves. What stands against it is told, and the connection closed. */
  watch(recorderId: string, socket: WebSocket, query: PlayQuery, isWelcome: () => boolean): void {
    const abilities = (query.can ?? '').split(',');
    const wishes = { wantsSound: query.sound === 1, canPlayFlac: abilities.includes('flac') };
    const viewer = new PlayViewer(socket, wishes, this.#options.bounds ?? viewerBounds);
    const shown = this.#showing(recorderId, abilities.includes('h265'));
    if (typeof shown === 'string') return void viewer.end(shown);
    this.#watching.set(socket, { viewer, isAlive: true, isWelcome });
    this.#heartbeat ??= setInterval(() => this.#checkViewers(), this.#options.heartbeatMs ?? 10_000);
    this.#listen(socket, viewer);
    socket.once('close', () => {
      this.#forget(socket);
      shown.remove(viewer);
      this.#endUnwatched(shown);
    });
    shown.add(viewer);
  }

  /** How many watch a recorder's stream now. */
  viewersOf(recorderId: string): number {
    const stream = this.#options.streams.get(recorderId);
    const shown = stream === null ? {} : (this.#shown.get(stream) ?? {});
    return Object.values(shown).reduce((sum, { viewers }) => sum + viewers, 0);
  }

  /** Ends all that runs for viewers. Resolves once no process of it is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const streams of this.#shown.values())
      for (const shown of Object.values(streams)) shown.end('stopping');
    for (const [socket, { viewer }] of this.#watching) {
      viewer.end('stopping');
      socket.terminate();
    }
    await Promise.all([...this.#transcodings].map((one) => one.stop()));
  }

  #showing(recorderId: string, canShowH265: boolean): PlayStream | PlayEnd {
    const stream = this.#options.streams.get(recorderId);
    if (this.#isClosed) return 'stopping';
    if (stream === null) return 'no-stream';
    const pictures = stream.description.tracks.find(({ kind }) => kind === 'video');
    if (pictures === undefined) return 'no-pictures';
    if (this.#watching.size >= (this.#options.mostViewers ?? 64)) return 'too-many-viewers';
    const kind = pictures.codec === 'h265' && !canShowH265 ? 'transcoded' : 'direct';
    const known = this.#shown.get(stream)?.[kind];
    if (known !== undefined) return known;
    if (kind === 'direct') return this.#show(stream, kind, (onEnd) => new PlayStream(stream, null, onEnd));
    if (this.#options.transcodings === 0) return 'transcoding-off';
    if (this.#transcodings.size >= this.#options.transcodings) return 'too-many-transcodings';
    const transcoding = this.#transcode(stream);
    return this.#show(stream, kind, (onEnd) => new PlayStream(transcoding, pictures.codec, onEnd));
  }

  #show(
    stream: LiveStream,
    kind: 'direct' | 'transcoded',
    open: (onEnd: () => void) => PlayStream,
  ): PlayStream {
    const shown = open(() => this.#hide(stream, kind));
    this.#shown.set(stream, { ...this.#shown.get(stream), [kind]: shown });
    return shown;
  }

  #hide(stream: LiveStream, kind: 'direct' | 'transcoded'): void {
    const { [kind]: _, ...rest } = this.#shown.get(stream) ?? {};
    if (Object.keys(rest).length === 0) this.#shown.delete(stream);
    else this.#shown.set(stream, rest);
  }

  #transcode(stream: LiveStream): Transcoding {
    const { log } = this.#options;
    const { recorderId } = stream;
    const transcoding = new Transcoding(stream, (end) => {
      log.warn({ recorderId, cause: end.cause, said: end.stderr.slice(-500) }, 'a live transcoding ended');
      this.#shown.get(stream)?.transcoded?.end('transcoding-failed');
    });
    this.#transcodings.add(transcoding);
    log.info({ recorderId }, 'a live transcoding began');
    void transcoding.ended.then(() => this.#transcodings.delete(transcoding));
    return transcoding;
  }

  /** Who comes again in a moment (a page that was reloaded, sound that was switched on) finds it running. */
  #endUnwatched(shown: PlayStream): void {
    const end = () => {
      if (shown.viewers === 0) shown.end('stream-ended');
    };
    if (shown.viewers === 0) setTimeout(end, this.#options.lingerMs ?? 2_000).unref();
  }

  #listen(socket: WebSocket, viewer: PlayViewer): void {
    const rate = new RequestRate(mostQuestionsASecond);
    socket.on('pong', () => this.#isAlive(socket));
    socket.on('message', (data, isBinary) => {
      if (!rate.take(performance.now())) return void viewer.cut('not-admitted');
      const question = isBinary ? null : questionOf(data.toString());
      if (question === null) return void viewer.end('not-admitted');
      viewer.tell({ type: 'time', askedAtMs: question.askedAtMs, atMs: Date.now() });
    });
  }

  #isAlive(socket: WebSocket): void {
    const watching = this.#watching.get(socket);
    if (watching !== undefined) watching.isAlive = true;
  }

  #checkViewers(): void {
    for (const [socket, watching] of this.#watching) {
      if (!watching.isWelcome()) watching.viewer.end('not-admitted');
      if (!watching.isAlive) socket.terminate();
      watching.isAlive = false;
      socket.ping();
    }
  }

  #forget(socket: WebSocket): void {
    this.#watching.delete(socket);
    if (this.#watching.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}

function questionOf(text: string): PlayQuestion | null {
  try {
    const said: unknown = JSON.parse(text);
    const isObject = typeof said === 'object' && said !== null;
    if (!isObject || !('type' in said) || said.type !== 'time' || !('askedAtMs' in said)) return null;
    return typeof said.askedAtMs === 'number' ? { type: 'time', askedAtMs: said.askedAtMs } : null;
  } catch {
    return null;
  }
}
