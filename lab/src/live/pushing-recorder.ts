import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Lab } from '../lab.ts';

/** A recorder that streams: ffmpeg on this host, sending films as they were coded and as fast as they were taken. */
export class PushingRecorder {
  readonly #target: readonly string[];
  #child: ChildProcess | null = null;

  /** `url` holds the credentials. It ends with the scenario. */
  constructor(lab: Lab, url: string) {
    this.#target = url.startsWith('rtmp:')
      ? ['-f', 'flv', url]
      : ['-f', 'rtsp', '-rtsp_transport', 'tcp', url];
    lab.atEnd(() => this.stop());
  }

  /** Begins to send a film, once or over and over. */
  send(film: string, times: 'once' | 'over-and-over' = 'once'): void {
    const loop = times === 'once' ? [] : ['-stream_loop', '-1'];
    const source = ['-nostdin', '-v', 'error', '-re', ...loop, '-i', film, '-c', 'copy'];
    this.#child = spawn('ffmpeg', [...source, ...this.#target], { stdio: 'ignore' });
  }

  /** Whether the film is at its end, or the connection lost. */
  get isOver(): boolean {
    return this.#child === null || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async ended(): Promise<void> {
    if (!this.isOver && this.#child !== null) await once(this.#child, 'exit');
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.ended();
  }
}
