import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { encodeFrameHead, type RtspRequest, type RtspResponse } from '../message.ts';
import { MessageStream } from '../message-stream.ts';

export const description = [
  'v=0',
  'o=- 0 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:trackID=1',
  'm=audio 0 RTP/AVP 8',
  'a=rtpmap:8 PCMA/8000',
  'a=control:trackID=2',
  '',
].join('\r\n');

/** One client of a scripted recorder. */
export class ScriptedClient {
  readonly socket: Socket;
  readonly #url: () => string;

  constructor(socket: Socket, url: () => string) {
    this.socket = socket;
    this.#url = url;
  }

  /** Answers as given, line by line: no header is added. */
  say(lines: readonly string[], body = ''): void {
    this.socket.write(
      [...lines, ...(body === '' ? [] : [`Content-Length: ${body.length}`]), '', body].join('\r\n'),
    );
  }

  frame(channel: number, payload: Buffer): void {
    this.socket.write(Buffer.concat([encodeFrameHead(channel, payload.length), payload]));
  }

  /** As a sound recorder does. */
  answer(request: RtspRequest): void {
    const ok = ['RTSP/1.0 200 OK', `CSeq: ${request.headers.get('CSeq')}`];
    switch (request.method) {
      case 'OPTIONS':
        this.say([...ok, 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER']);
        break;
      case 'DESCRIBE':
        this.say([...ok, `Content-Base: ${this.#url()}/`, 'Content-Type: application/sdp'], description);
        break;
      case 'SETUP':
        this.say([...ok, 'Session: 1;timeout=60', `Transport: ${request.headers.get('Transport')}`]);
        break;
      default:
        this.say([...ok, 'Session: 1']);
    }
  }
}

export type Script = (request: RtspRequest, client: ScriptedClient) => void;

/** A recorder that answers as a test says, over real connections. */
export class ScriptedRecorder {
  /** Everything it was asked, in order. */
  readonly requests: RtspRequest[] = [];
  /** What it was answered to its own requests. */
  readonly answers: RtspResponse[] = [];
  readonly clients: ScriptedClient[] = [];
  readonly #server: Server;
  #heard: (() => void)[] = [];

  private constructor(server: Server, script: Script) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.setNoDelay();
      const client = new ScriptedClient(socket, () => this.url);
      const stream = new MessageStream({ strayBytes: 'refuse' });
      this.clients.push(client);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        for (const item of stream.push(chunk)) {
          if (item.kind === 'response') this.answers.push(item);
          if (item.kind !== 'request') continue;
          this.requests.push(item);
          script(item, client);
        }
        for (const wake of this.#heard.splice(0)) wake();
      });
    });
  }

  static async start(script: Script): Promise<ScriptedRecorder> {
    const server = createServer();
    const recorder = new ScriptedRecorder(server, script);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return recorder;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${(this.#server.address() as AddressInfo).port}/live`;
  }

  /** Resolves once that has been asked so often. */
  async asked(method: string, times = 1): Promise<RtspRequest> {
    for (;;) {
      const found = this.requests.filter((request) => request.method === method);
      const wanted = found[times - 1];
      if (wanted !== undefined) return wanted;
      await new Promise<void>((resolve) => {
        this.#heard.push(resolve);
      });
    }
  }

  async stop(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An RTP packet (RFC 3550 §5.1). */
export function rtp(payloadType: number, sequenceNumber: number, ssrc = 1): Buffer {
  const packet = Buffer.alloc(20, 7);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(payloadType, 1);
  packet.writeUInt16BE(sequenceNumber, 2);
  packet.writeUInt32BE(sequenceNumber * 3000, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}
