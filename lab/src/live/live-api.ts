import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { patient } from '../patience.ts';

const lookEveryMs = 1_000;

export interface StreamAnswer {
  recorderId: string;
  state: string;
  sessionId: string | null;
  trouble: string | null;
}

export interface SegmentAnswer {
  clipId: string;
  name: string;
  state: string;
  sha256: string | null;
  quarantine: { reason: string } | null;
}

export interface SessionAnswer {
  session: { sessionId: string; endedAt: string | null; endCause: string | null };
  gaps: { cause: string; from: string; to: string | null }[];
  segments: SegmentAnswer[];
}

/** The gateway's API as a program on this host meets it, through the machine's network. */
export class LiveApi {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/v1${path}`, {
      method,
      headers: { connection: 'close', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patient(60_000)),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  read<Answer>(path: string): Promise<Answer> {
    return this.ask<Answer>('GET', path);
  }

  /** Registers a recorder and how it sends; resolves with its id and the secret that was made for it. */
  async register(
    serialNumber: string,
    way: 'push-rtsp' | 'push-rtmp',
  ): Promise<{ recorderId: string; secret: string }> {
    const about = { reason: '测试', person: '张三' };
    const { recorder } = await this.ask<{ recorder: { recorderId: string } }>('POST', '/recorders', {
      serialNumber,
      ...about,
    });
    const { shown } = await this.ask<{ shown: string }>(
      'PUT',
      `/live/sources/${encodeURIComponent(recorder.recorderId)}`,
      { way, ...about },
    );
    return { recorderId: recorder.recorderId, secret: shown };
  }

  /** Looks until it is so, also while the gateway is away. Throws with what was seen last. */
  async until<Value>(
    what: string,
    look: () => Promise<Value | null | false>,
    timeoutMs = 120_000,
  ): Promise<Value> {
    const deadline = performance.now() + patient(timeoutMs);
    let last: unknown = null;
    for (;;) {
      try {
        const seen = await look();
        if (seen !== null && seen !== false) return seen;
        last = seen;
      } catch (error) {
        last = error;
      }
      if (performance.now() > deadline) throw new Error(`never so: ${what} (${String(last)})`);
      await delay(lookEveryMs);
    }
  }

  async stream(recorderId: string): Promise<StreamAnswer | undefined> {
    const { streams } = await this.read<{ streams: StreamAnswer[] }>('/live/streams');
    return streams.find((stream) => stream.recorderId === recorderId);
  }

  /** Sessions of a recorder with their segments and gaps, the first begun first. */
  async sessions(recorderId: string): Promise<SessionAnswer[]> {
    const query = `/live/sessions?recorderId=${encodeURIComponent(recorderId)}`;
    const { sessions } = await this.read<{ sessions: { sessionId: string }[] }>(query);
    return Promise.all(
      sessions.reverse().map(({ sessionId }) => this.read<SessionAnswer>(`/live/sessions/${sessionId}`)),
    );
  }

  /**
   * Watches as a browser does that shows no H.265, until so many fragments of video came. Resolves with all that came over
   * the WebSocket, frames and all.
   */
  watch(recorderId: string, fragments: number, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request({
        host: '127.0.0.1',
        port: this.#port,
        path: `/api/v1/live/streams/${encodeURIComponent(recorderId)}/play`,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.from('the lab, watching').subarray(0, 16).toString('base64'),
        },
      });
      asked.on('error', reject);
      asked.on('response', ({ statusCode }) => reject(new Error(`the player was answered ${statusCode}`)));
      asked.on('upgrade', (_response, socket, head) => {
        let came = head.toString('latin1');
        // A pong that nobody asked for (RFC 6455 §5.5.3): a player is let go that gives none.
        const alive = setInterval(() => socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0])), 2000);
        const end = (error?: Error) => {
          clearInterval(alive);
          clearTimeout(limit);
          socket.destroy();
          if (error === undefined) resolve(came);
          else reject(error);
        };
        const limit = setTimeout(
          () => end(new Error(`too few pictures came: ${came.slice(0, 600)}`)),
          patient(timeoutMs),
        );
        socket.on('data', (bytes: Buffer) => {
          came += bytes.toString('latin1');
          if (came.split('moof').length > fragments) end();
        });
        socket.on('error', end);
        socket.on('close', () => end(new Error(`the player was let go: ${came.slice(-200)}`)));
      });
      asked.end();
    });
  }

  /** The newest key frame of a stream, as a file. */
  async snapshot(recorderId: string): Promise<Buffer> {
    const path = `/api/v1/live/streams/${encodeURIComponent(recorderId)}/snapshot.jpg`;
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      signal: AbortSignal.timeout(patient(60_000)),
    });
    if (!response.ok) throw new Error(`snapshot: ${response.status} ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }
}
