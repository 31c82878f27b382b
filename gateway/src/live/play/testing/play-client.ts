import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import {
  type PlayEnd,
  type PlayHello,
  type PlayMessage,
  playHeadBytes,
  playKinds,
} from '../../../contract/index.ts';

const run = promisify(execFile);

export interface ReceivedPart {
  isInitialisation: boolean;
  track: number;
  isKeyFrame: boolean;
  mediaSeconds: number;
  arrivedAtMs: number;
  media: Buffer;
}

/** A viewer that keeps all it is sent. */
export class PlayClient {
  readonly socket: WebSocket;
  readonly hellos: PlayHello[] = [];
  readonly parts: ReceivedPart[] = [];
  readonly messages: PlayMessage[] = [];
  isClosed = false;
  #wake: (() => void)[] = [];

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.parts.push(partOf(data));
      else this.#understand(JSON.parse(data.toString()) as PlayMessage);
      this.#stir();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
      this.#stir();
    });
  }

  /** Why the gateway ended it; `null` where it did not say. */
  get end(): PlayEnd | null {
    return this.messages.flatMap((one) => (one.type === 'end' ? one.reason : []))[0] ?? null;
  }

  fragments(track: number): ReceivedPart[] {
    return this.parts.filter((part) => part.track === track && !part.isInitialisation);
  }

  /** Resolves once it holds. Throws where the connection closes before. */
  async until(holds: (client: PlayClient) => boolean): Promise<void> {
    while (!holds(this)) {
      if (this.isClosed) throw new Error(`closed: ${this.end}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  close(): void {
    this.socket.close();
  }

  /** What ffprobe makes of the media of a track: its codec, and its frames decoded. */
  async probe(track: number): Promise<{ codec: string; width: number; frames: number; errors: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'docket-play-'));
    try {
      const file = join(folder, 'track.mp4');
      await writeFile(
        file,
        Buffer.concat(this.parts.filter((part) => part.track === track).map(({ media }) => media)),
      );
      const question = [
        '-v',
        'error',
        '-count_frames',
        '-show_entries',
        'stream=codec_name,width,nb_read_frames',
      ];
      const { stdout, stderr } = await run('ffprobe', [...question, '-of', 'json', file]);
      const [stream] = (JSON.parse(stdout) as { streams: Record<string, string | number>[] }).streams;
      return {
        codec: String(stream?.codec_name),
        width: Number(stream?.width ?? 0),
        frames: Number(stream?.nb_read_frames),
        errors: stderr,
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  #understand(message: PlayMessage): void {
    this.messages.push(message);
    if (message.type === 'hello') this.hellos.push(message);
  }

  #stir(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

function partOf(data: Buffer): ReceivedPart {
  return {
    isInitialisation: data.readUInt8(0) === playKinds.initialisation,
    track: data.readUInt8(1),
    isKeyFrame: data.readUInt8(2) === 1,
    mediaSeconds: data.readDoubleBE(4),
    arrivedAtMs: data.readDoubleBE(12),
    media: data.subarray(playHeadBytes),
  };
}
