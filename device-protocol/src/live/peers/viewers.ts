import { setTimeout as wait } from 'node:timers/promises';
import type { PeerVideo } from './peer-picture.ts';
import { type PeerEnd, PeerProcess } from './peer-process.ts';

export interface ViewOptions {
  /** With credentials, where they are asked for. */
  url: string;
  transport: 'tcp' | 'udp';
}

/** What ffprobe says of a stream. */
export interface ProbedStream {
  codec_type: string;
  codec_name: string;
  width?: number;
  height?: number;
  sample_rate?: string;
  channels?: number;
}

/** Looks at a stream by ffprobe. Throws, with what ffprobe says, where it cannot. */
export async function probeRtsp({ url, transport }: ViewOptions): Promise<ProbedStream[]> {
  const probe = new PeerProcess('ffprobe', [
    ...['-hide_banner', '-loglevel', 'error', '-rtsp_transport', transport],
    ...['-analyzeduration', '3000000', '-show_streams', '-of', 'json=compact=1', url],
  ]);
  const lines: string[] = [];
  probe.onLine = (line) => lines.push(line);
  const { code, log } = await probe.ended;
  if (code !== 0) throw new Error(`ffprobe could not look at the stream: ${log}`);
  return (JSON.parse(lines.join('\n')) as { streams: ProbedStream[] }).streams;
}

/** A program that watches a stream, until it has seen enough or is stopped. */
export interface Viewer {
  readonly pid: number | undefined;
  /** Coded pictures it has taken so far. */
  readonly pictures: number;
  /** Resolves once it has taken that many; rejects where it ends before. */
  seen(pictures: number): Promise<void>;
  readonly ended: Promise<PeerEnd>;
  stop(): Promise<PeerEnd>;
}

/** Watches by GStreamer's rtspsrc, and writes what it gets (coded pictures with start codes) where a path is given. */
export function watchWithGstreamer(options: ViewOptions & { codec: PeerVideo; outputPath?: string }): Viewer {
  const { url, transport, codec, outputPath } = options;
  const sink = outputPath === undefined ? ['fakesink', 'sync=false'] : ['filesink', `location=${outputPath}`];
  const coded = codec === 'h265' ? 'h265' : 'h264';
  return new CountingViewer(
    'gst-launch-1.0',
    [
      ...['-v', 'rtspsrc', `location=${url}`, `protocols=${transport}`, 'latency=200', '!'],
      ...['application/x-rtp,media=video', '!', `rtp${coded}depay`, '!'],
      ...[`${coded}parse`, '!', `video/x-${coded},stream-format=byte-stream,alignment=au`, '!'],
      ...['identity', 'name=counted', 'silent=false', '!', ...sink],
    ],
    /counted.*last-message = chain/u,
  );
}

/** Watches by mpv, which decodes each picture; ends by itself after as many as given. */
export async function watchWithMpv({
  url,
  transport,
  pictures,
}: ViewOptions & { pictures: number }): Promise<PeerEnd> {
  const mpv = new PeerProcess('mpv', [
    ...[
      '--no-config',
      '--vo=null',
      '--ao=null',
      '--no-terminal',
      '--log-file=/dev/stderr',
      '--msg-level=all=error',
    ],
    ...[
      '--profile=low-latency',
      `--rtsp-transport=${transport}`,
      `--frames=${pictures}`,
      '--network-timeout=10',
      url,
    ],
  ]);
  return mpv.ended;
}

/** What ffplay has shown and played, decoded. */
export interface FfplayEnd {
  pictures: number;
  soundFrames: number;
  log: string;
}

/** Watches by ffplay, without a screen and a loudspeaker, until that many of both are decoded or it ends. */
export async function watchWithFfplay({
  url,
  transport,
  frames,
}: ViewOptions & { frames: number }): Promise<FfplayEnd> {
  const ffplay = new PeerProcess(
    'ffplay',
    [
      ...['-hide_banner', '-loglevel', 'info', '-nostats', '-rtsp_transport', transport],
      ...['-vf', 'showinfo', '-af', 'ashowinfo', '-autoexit', url],
    ],
    { SDL_VIDEODRIVER: 'dummy', SDL_AUDIODRIVER: 'dummy', AV_LOG_FORCE_NOCOLOR: '1' },
  );
  let isOver = false;
  void ffplay.ended.then(() => {
    isOver = true;
  });
  // Each filter numbers what passes it, and says so on the error output.
  const passed = (filter: string) => {
    const numbered = new RegExp(`_${filter}_\\d+ @[^\\n]* n: *(\\d+) `, 'gu');
    return Math.max(0, ...[...ffplay.log.matchAll(numbered)].map(([, n]) => Number(n) + 1));
  };
  let [pictures, soundFrames] = [0, 0];
  while (!isOver && Math.min(pictures, soundFrames) < frames) {
    await wait(100);
    pictures = Math.max(pictures, passed('showinfo'));
    soundFrames = Math.max(soundFrames, passed('ashowinfo'));
  }
  const { log } = await ffplay.stop();
  return { pictures, soundFrames, log };
}

class CountingViewer implements Viewer {
  readonly #process: PeerProcess;
  #pictures = 0;
  #waiting: (() => void)[] = [];

  constructor(program: string, programArguments: readonly string[], counted: RegExp) {
    this.#process = new PeerProcess(program, programArguments);
    this.#process.onLine = (line) => {
      if (!counted.test(line)) return;
      this.#pictures += 1;
      this.#wakeAll();
    };
    void this.#process.ended.then(() => this.#wakeAll());
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get pictures(): number {
    return this.#pictures;
  }

  get ended(): Promise<PeerEnd> {
    return this.#process.ended;
  }

  async seen(pictures: number): Promise<void> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    while (this.#pictures < pictures) {
      if (isOver) throw new Error(`a viewer ended after ${this.#pictures} pictures: ${this.#process.log}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  stop(): Promise<PeerEnd> {
    return this.#process.stop();
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
