import { Worker } from 'node:worker_threads';
import type { ReadCode, WorkerAnswer, WorkerQuestion } from './code-worker.ts';

interface Asked {
  resolve(codes: ReadCode[]): void;
  reject(error: unknown): void;
}

/** Reads codes in pictures on a thread of its own: pictures are a stranger's, and take long. */
export class CodeDecoder {
  #worker: Worker | null = null;
  #asked = new Map<number, Asked>();
  #next = 0;

  /** Codes in a stream of PGM images. The stream is handed over and must not be used again. */
  read(frames: Uint8Array): Promise<ReadCode[]> {
    const worker = this.#running();
    const question = this.#next++;
    return new Promise((resolve, reject) => {
      this.#asked.set(question, { resolve, reject });
      const owned = new Uint8Array(frames);
      worker.postMessage({ question, frames: owned } satisfies WorkerQuestion, [owned.buffer]);
    });
  }

  /** Ends the thread; whoever waits for it is told. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#fail(new Error('the reader of codes was stopped'));
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./code-worker.js', import.meta.url));
    worker.unref();
    worker.on('message', (answer: WorkerAnswer) => this.#take(answer));
    worker.on('error', (error) => this.#ended(worker, error));
    worker.on('exit', () => this.#ended(worker, new Error('the reader of codes ended')));
    this.#worker = worker;
    return worker;
  }

  #take({ question, codes, fault }: WorkerAnswer): void {
    const asked = this.#asked.get(question);
    this.#asked.delete(question);
    if (codes === null) asked?.reject(new Error(`codes cannot be read: ${fault}`));
    else asked?.resolve(codes);
  }

  /** The next question starts a new thread. */
  #ended(worker: Worker, error: Error): void {
    if (this.#worker === worker) {
      this.#worker = null;
      this.#fail(error);
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked = new Map();
  }
}
