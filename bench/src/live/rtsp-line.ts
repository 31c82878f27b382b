import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface RtspAnswer {
  status: number;
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** A connection that speaks RTSP, just enough of it to push one track, to watch one and to be pushed one, interleaved. */
export class RtspLine {
  readonly socket: Socket;
  readonly #url: URL;
  #pending: Buffer = Buffer.alloc(0);
  #sequence = 0;
  #session: string | null = null;
  #onAnswer: (answer: RtspAnswer) => void = () => {};
  /** What the other side asks (it may look whether we are there) is passed over, unless it is to be answered. */
  #onRequest: (method: string, headers: ReadonlyMap<string, string>) => void = () => {};
  #onFrame: (channel: number, packet: Buffer) => void = () => {};

  private constructor(url: URL, socket: Socket) {
    this.#url = url;
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => {});
  }

  static async open(url: string): Promise<RtspLine> {
    const parsed = new URL(url);
    const socket = connect({ port: Number(parsed.port), host: parsed.hostname, noDelay: true });
    await once(socket, 'connect');
    return new RtspLine(parsed, socket);
  }

  /** Waits for the one who connects to a port. */
  static async accept(port: number): Promise<RtspLine> {
    const server = createServer({ noDelay: true }).listen(port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    server.close();
    return new RtspLine(new URL(`rtsp://127.0.0.1:${port}/`), socket);
  }

  /** ANNOUNCE, SETUP, RECORD: what is written afterwards are interleaved frames. */
  async push(sdp: string): Promise<void> {
    await this.#ask('ANNOUNCE', this.#base, { 'Content-Type': 'application/sdp' }, sdp);
    const transport = 'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record';
    await this.#ask('SETUP', `${this.#base}/trackID=0`, { Transport: transport });
    await this.#ask('RECORD', this.#base, { Range: 'npt=0.000-' });
  }

  /** DESCRIBE, SETUP, PLAY: every RTP packet of the picture goes to the listener. */
  async watch(onPacket: (packet: Buffer) => void): Promise<void> {
    this.#onFrame = (channel, packet) => {
      if (channel === 0) onPacket(packet);
    };
    const { body, headers } = await this.#ask('DESCRIBE', this.#base, { Accept: 'application/sdp' });
    const [, media = ''] = body.split(/^m=video /mu);
    const control = /^a=control:(\S+)/mu.exec(media)?.[1] ?? 'trackID=0';
    const base = (headers.get('content-base') ?? this.#base).replace(/\/$/u, '');
    const track = control.startsWith('rtsp:') ? control : `${base}/${control}`;
    await this.#ask('SETUP', track, { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' });
    await this.#ask('PLAY', base, { Range: 'npt=0.000-' });
  }

  /** Says yes to whatever is asked, up to RECORD: every RTP packet then goes to the listener. */
  async receive(onPacket: (packet: Buffer) => void): Promise<void> {
    this.#onFrame = (channel, packet) => {
      if (channel === 0) onPacket(packet);
    };
    await new Promise<void>((resolve, reject) => {
      this.socket.once('close', () => reject(new Error('nothing was pushed')));
      this.#onRequest = (method, headers) => {
        const transport = headers.get('transport');
        const lines = [
          'RTSP/1.0 200 OK',
          `CSeq: ${headers.get('cseq')}`,
          'Session: bench',
          ...(transport === undefined ? [] : [`Transport: ${transport}`]),
        ];
        this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
        if (method === 'RECORD') resolve();
      };
    });
  }

  close(): void {
    this.socket.destroy();
  }

  get #base(): string {
    return `rtsp://${this.#url.host}${this.#url.pathname}`;
  }

  async #ask(method: string, url: string, headers: Record<string, string>, body = ''): Promise<RtspAnswer> {
    const { username, password } = this.#url;
    const credentials = Buffer.from(`${username}:${password}`).toString('base64');
    const lines = [
      `${method} ${url} RTSP/1.0`,
      `CSeq: ${++this.#sequence}`,
      ...(username === '' ? [] : [`Authorization: Basic ${credentials}`]),
      ...(this.#session === null ? [] : [`Session: ${this.#session}`]),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ];
    const answered = new Promise<RtspAnswer>((resolve, reject) => {
      this.#onAnswer = resolve;
      this.socket.once('close', () => reject(new Error(`${method} ${url} was not answered`)));
    });
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    const answer = await answered;
    if (answer.status !== 200) throw new Error(`${method} ${url} was answered with ${answer.status}`);
    this.#session ??= answer.headers.get('session')?.split(';')[0] ?? null;
    return answer;
  }

  #take(chunk: Buffer): void {
    let left = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const rest = left[0] === 0x24 ? this.#frame(left) : this.#message(left);
      if (rest === null) break;
      left = rest;
    }
    this.#pending = left;
  }

  #frame(bytes: Buffer): Buffer | null {
    const end = bytes.length < 4 ? Number.POSITIVE_INFINITY : 4 + bytes.readUInt16BE(2);
    if (bytes.length < end) return null;
    this.#onFrame(bytes.readUInt8(1), bytes.subarray(4, end));
    return bytes.subarray(end);
  }

  #message(bytes: Buffer): Buffer | null {
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) return null;
    const [first = '', ...lines] = bytes.toString('utf8', 0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const [name = '', ...value] = line.split(':');
        return [name.trim().toLowerCase(), value.join(':').trim()] as const;
      }),
    );
    const bodyEnd = end + 4 + Number(headers.get('content-length') ?? 0);
    if (bytes.length < bodyEnd) return null;
    const [begin = '', second] = first.split(' ');
    if (begin.startsWith('RTSP/')) {
      const body = bytes.toString('utf8', end + 4, bodyEnd);
      this.#onAnswer({ status: Number(second), headers, body });
    } else this.#onRequest(begin, headers);
    return bytes.subarray(bodyEnd);
  }
}
