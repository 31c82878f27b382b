import type { Socket } from 'node:net';
import Flv, { type MediaPacket } from 'node-media-server/src/protocol/flv.js';
import RtmpSession, { type PublishRequest } from 'node-media-server/src/session/rtmp_session.js';
import type { FromMediaServer } from './media-server-messages.ts';

/** Before it may publish, a connection has nothing long to say. */
const mostBytesOfAQuestion = 64 * 1024;
/** A key frame of 4K at the highest quality stays below. */
const mostBytesOfAMessage = 8 * 1024 * 1024;
/** Chunk streams (RTMP 1.0 §5.3.1) at once, each with a buffer of its own; publishers use three to six. */
const mostChunkStreams = 64;
/** What all of them reserve together: before it may publish, and then. */
const mostBytesReserved = { asking: 256 * 1024, publishing: 3 * mostBytesOfAMessage };
/** Answers that it does not read. */
const mostBytesUnread = 256 * 1024;
const mostHeldPackets = 256;
const longestName = 256;
/** Acknowledged at least so often: half of the window that the server names. */
const acknowledgedBytes = 2_500_000;
const mediaTypes = [8, 9];
/** Time stamps go around (RTMP 1.0 §5.3.1.3). */
const timeStamps = 2 ** 32;

/**
 * One RTMP connection inside the media server. The server by itself lets anybody publish and play, takes pictures of
 * whoever never published, reserves what a header announces, keeps answers that nobody reads, and ends with the whole
 * process on what it does not understand; here a connection publishes once it was let in, and any fault of it ends that connection alone.
 */
export class GuardedSession {
  readonly #connection: number;
  readonly #socket: Socket;
  readonly #session: RtmpSession;
  readonly #tell: (message: FromMediaServer) => void;
  #asked: PublishRequest | null = null;
  /** What comes behind the question in the same bytes. */
  #held: MediaPacket[] = [];
  #isIn = false;
  #isGoodbye = false;
  #receivedBytes = 0;
  #acknowledgedBytes = 0;

  constructor(connection: number, socket: Socket, tell: (message: FromMediaServer) => void) {
    this.#connection = connection;
    this.#socket = socket;
    this.#tell = tell;
    this.#session = new RtmpSession(socket);
    this.#session.run();
    this.#guard();
    socket.once('close', () => this.#close());
  }

  /** The answer to the question whether it may publish. */
  answer(isAccepted: boolean): void {
    if (!isAccepted || this.#asked === null || this.#isIn) {
      this.#socket.destroy();
      return;
    }
    this.#isIn = true;
    this.#try(() => {
      // Streams bear the number of their connection: whatever name was asked for, nobody meets anybody else here.
      const request = { host: 'dock', query: {}, app: 'live', name: `c${this.#connection}` };
      this.#session.onConnect(request);
      // The server would hold an ended stream open for 30 s.
      this.#session.broadcast.publishGraceMs = 0;
      this.#session.onPush();
      for (const packet of this.#held.splice(0)) this.#give(packet);
      if (this.#isGoodbye) this.#socket.end();
    });
    this.#socket.resume();
  }

  #guard(): void {
    const { rtmp, onData } = this.#session;
    this.#socket.off('data', onData);
    this.#socket.on('data', (chunk: Buffer) =>
      this.#try(() => {
        onData(chunk);
        this.#acknowledge(chunk.length);
      }),
    );
    rtmp.onConnectCallback = (request) => this.#ask(request);
    rtmp.onPushCallback = () => {};
    rtmp.onPlayCallback = () => {
      this.#tell({ says: 'refused-play', connection: this.#connection });
      this.#socket.destroy();
    };
    rtmp.onDeleteStream = () => {
      if (this.#asked === null) return;
      this.#isGoodbye = true;
      // Whoever ends its stream may leave its connection open all the same.
      if (this.#isIn) this.#socket.end();
    };
    rtmp.onOutputCallback = (bytes) => {
      if (this.#socket.writableLength > mostBytesUnread) throw new InputError('answers-not-read');
      this.#socket.write(bytes);
    };
    rtmp.dataHandler = () => this.#takeMedia();
    const reserve = rtmp.packetAlloc.bind(rtmp);
    rtmp.packetAlloc = () => {
      this.#checkReserving();
      // By differences it would count beyond 32 bits, and drop all that comes then.
      rtmp.parserPacket.clock %= timeStamps;
      reserve();
    };
    const control = rtmp.controlHandler.bind(rtmp);
    rtmp.controlHandler = () => {
      control();
      if (rtmp.inChunkSize === 0) throw new InputError('chunks-of-nothing');
    };
  }

  /** RTMP 1.0 §5.4.3, which the server leaves out: a sender may wait for it. */
  #acknowledge(moreBytes: number): void {
    const { rtmp } = this.#session;
    this.#receivedBytes += moreBytes;
    const windowBytes = Math.min(rtmp.ackSize || acknowledgedBytes, acknowledgedBytes);
    if (this.#receivedBytes - this.#acknowledgedBytes < windowBytes) return;
    this.#acknowledgedBytes = this.#receivedBytes;
    rtmp.sendACK(this.#receivedBytes % 2 ** 32);
  }

  /** Called where a message begins. */
  #checkReserving(): void {
    const { parserPacket, inPackets } = this.#session.rtmp;
    const { length } = parserPacket.header;
    if (length > (this.#isIn ? mostBytesOfAMessage : mostBytesOfAQuestion)) {
      throw new InputError('message-too-long');
    }
    if (inPackets.size > mostChunkStreams) throw new InputError('too-many-chunk-streams');
    if (length <= parserPacket.capacity) return;
    let reserved = length;
    for (const packet of inPackets.values()) if (packet !== parserPacket) reserved += packet.capacity;
    if (reserved > (this.#isIn ? mostBytesReserved.publishing : mostBytesReserved.asking)) {
      throw new InputError('too-much-begun');
    }
  }

  /** Sound and pictures. What a recorder says of itself besides (`onMetaData`) is asked by nobody. */
  #takeMedia(): void {
    const { header, clock, payload } = this.#session.rtmp.parserPacket;
    if (!mediaTypes.includes(header.type)) return;
    const packet = { codec_type: header.type, dts: clock, size: header.length, data: payload };
    if (this.#isIn) this.#give(packet);
    else this.#hold(packet);
  }

  /**
   * Passes it on as it is. The server's own way would keep whatever came since the last key frame, and the beginnings of
   * those codecs only that it knows.
   */
  #give(packet: MediaPacket): void {
    const tag = Flv.createMessage(packet);
    for (const viewer of this.#session.broadcast.subscribers.values()) viewer.sendBuffer(tag);
  }

  /** Called for `publish`, and for `play` before it is refused. */
  #ask(request: PublishRequest): void {
    if (this.#asked !== null) throw new InputError('asked-twice');
    this.#asked = request;
    const { key } = request.query;
    // Nothing more is taken until the answer is there.
    this.#socket.pause();
    setImmediate(() => {
      if (this.#socket.destroyed) return;
      this.#tell({
        says: 'asks',
        connection: this.#connection,
        app: String(request.app).slice(0, longestName),
        name: String(request.name).slice(0, longestName),
        key: typeof key === 'string' ? key.slice(0, longestName) : '',
      });
    });
  }

  #hold(packet: MediaPacket): void {
    if (this.#asked === null) throw new InputError('media-before-publish');
    if (this.#held.length >= mostHeldPackets) throw new InputError('too-much-before-the-answer');
    // The server uses the same bytes again for the next message.
    packet.data = Buffer.from(packet.data.subarray(0, packet.size));
    this.#held.push(packet);
  }

  #try(act: () => void): void {
    if (this.#socket.destroyed) return;
    try {
      act();
    } catch (error) {
      this.#tell({ says: 'fault', connection: this.#connection, fault: faultOf(error) });
      this.#socket.destroy();
    }
  }

  #close(): void {
    this.#tell({ says: 'closed', connection: this.#connection, isGoodbye: this.#isGoodbye });
    // The server would leave viewers waiting.
    for (const viewer of this.#session.broadcast.subscribers.values()) viewer.close();
  }
}

class InputError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The kind of an error: its message may hold what came in, keys included. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
