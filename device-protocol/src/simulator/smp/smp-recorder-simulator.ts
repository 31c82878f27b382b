import { encodeFrames } from '../../smp/frame.ts';
import { FrameStream } from '../../smp/frame-stream.ts';
import type { SimulatedClock } from '../simulated-clock.ts';
import { openPty, type Pty } from './pty.ts';
import { SimulatedRecorder, type SimulatedRecorderOptions } from './simulated-recorder.ts';

export interface SmpRecorderOptions extends SimulatedRecorderOptions {
  /** Path at which the dock finds the recorder's serial port. */
  link: string;
  /** Unplugs when aborted. */
  signal?: AbortSignal;
}

export interface SmpRecorderSimulator {
  readonly path: string;
  readonly clock: SimulatedClock;
  unplug(): Promise<void>;
  /** Unplugs, and resolves when nothing of the recorder runs any more. */
  close(): Promise<void>;
}

/** Starts a recorder that speaks SMP on a pseudo terminal. Throws where the terminal cannot be made. */
export async function startSmpRecorder(options: SmpRecorderOptions): Promise<SmpRecorderSimulator> {
  options.signal?.throwIfAborted();
  const simulator = new PtyRecorder(options, await openPty(options.link));
  if (options.signal?.aborted) await simulator.close();
  options.signal?.addEventListener('abort', () => void simulator.close(), { once: true });
  return simulator;
}

class PtyRecorder implements SmpRecorderSimulator {
  readonly path: string;
  readonly clock: SimulatedClock;
  readonly #recorder: SimulatedRecorder;
  #pty: Pty;
  #running: Promise<void>;
  #isClosed = false;
  #restart: { timer: NodeJS.Timeout; done(): void } | null = null;

  constructor(options: SmpRecorderOptions, pty: Pty) {
    this.path = options.link;
    this.#recorder = new SimulatedRecorder(options);
    this.clock = this.#recorder.clock;
    this.#pty = pty;
    this.#running = this.#run(pty);
  }

  async unplug(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart?.timer);
    this.#restart?.done();
    await this.#pty.unplug();
  }

  async close(): Promise<void> {
    await this.unplug();
    await this.#running;
  }

  async #run(pty: Pty): Promise<void> {
    const stream = new FrameStream();
    this.#recorder.hangOn({
      wrap: encodeFrames,
      write: (bytes) => pty.toDock.write(bytes),
      unplug: () => this.unplug(),
      restart: async (pauseMs) => {
        await written(pty);
        await pty.unplug();
        await this.#pause(pauseMs);
        if (this.#isClosed) return;
        this.#pty = await openPty(this.path);
        const before = this.#running;
        this.#running = Promise.all([before, this.#run(this.#pty)]).then(() => undefined);
        // Closed while the terminal was made.
        if (this.#isClosed) await this.#pty.unplug();
      },
    });
    for await (const chunk of pty.fromDock) {
      for (const event of stream.push(chunk)) {
        if (event.kind === 'packet') await this.#recorder.serve(event.packet);
      }
    }
    await this.#recorder.rest();
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#restart = { timer: setTimeout(resolve, pauseMs), done: resolve };
    });
  }
}

/** Resolves when what was written has left: the answer must be out before the line goes dead. */
function written(pty: Pty): Promise<void> {
  return new Promise((resolve) => {
    pty.toDock.write('', () => setTimeout(resolve, 50));
  });
}
