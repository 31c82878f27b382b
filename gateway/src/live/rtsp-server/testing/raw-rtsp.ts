import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  encodeRequest,
  type InterleavedFrame,
  MessageStream,
  RtspHeaders,
  type RtspResponse,
} from '@docket/device-protocol/live';

/** A caller that says exactly what a test wants said, and keeps what it is sent. */
export class RawRtsp {
  readonly socket: Socket;
  readonly frames: InterleavedFrame[] = [];
  readonly #answers: RtspResponse[] = [];
  readonly #messages = new MessageStream({ strayBytes: 'refuse' });
  #cseq = 0;
  #wake: (() => void)[] = [];
  #isClosed = false;
  session: string | null = null;
  authorization: string | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      for (const item of this.#messages.push(chunk)) {
        if (item.kind === 'frame') this.frames.push(item);
        else if (item.kind === 'response') this.#answers.push(item);
      }
      this.#stir();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isClosed = true;
      this.#stir();
    });
  }

  static async connect(port: number): Promise<RawRtsp> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawRtsp(socket);
  }

  /** Logs in by Basic with each request from now on. */
  logIn(userName: string, password: string): void {
    this.authorization = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async ask(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<RtspResponse> {
    this.#cseq += 1;
    const lines = new RtspHeaders([['CSeq', `${this.#cseq}`], ...Object.entries(headers)]);
    if (this.authorization !== null) lines.add('Authorization', this.authorization);
    if (this.session !== null) lines.add('Session', this.session);
    this.socket.write(
      encodeRequest({ method, url, headers: lines, ...(body === undefined ? {} : { body }) }),
    );
    await this.until(() => this.#answers.length > 0);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`${method} was not answered`);
    const session = answer.headers.get('Session')?.split(';')[0];
    if (session !== undefined) this.session = session;
    return answer;
  }

  /** Resolves once the condition holds after something came, or the connection is closed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  async closed(): Promise<void> {
    await this.until(() => false);
  }

  close(): void {
    this.socket.destroy();
  }

  #stir(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
