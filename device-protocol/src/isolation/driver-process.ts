import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { RecorderError } from '../errors.ts';
import { ChannelError, encodeFrameHead, FrameParser, noPayload } from './frame.ts';
import {
  type AnswerOf,
  isTold,
  maxAnswerPayloadBytes,
  type OperationName,
  operations,
  type QuestionOf,
  type Told,
} from './operations.ts';
import { OutputTail } from './output-tail.ts';
import { processEnvironment } from './process-environment.ts';
import { errorOfWire } from './wire-error.ts';

export interface DriverProcessOptions {
  /** Name of the driver, for messages. */
  driver: string;
  /** A question without an answer, and without a sign of progress, for this long means that the driver hangs. */
  progressTimeoutMs: number;
  /** How long a driver may take to let go of what was cancelled, or to close. */
  patienceMs: number;
}

export interface AskOptions {
  signal?: AbortSignal;
  /** Where the bytes that follow the answer go. */
  into?: Uint8Array;
  /** Bytes that follow the question. */
  payload?: Uint8Array;
  onProgress?(bytes: number): void;
  /** Time granted on top of the usual, for work that is long by nature. */
  extraMs?: number;
}

/** A question under way. */
interface Pending {
  name: OperationName;
  into: Uint8Array | null;
  /** Bytes that followed the answer. */
  receivedBytes: number;
  /** Starts the wait for a sign of life anew. */
  touch(): void;
  onProgress(bytes: number): void;
  resolve(answer: { body: unknown; receivedBytes: number }): void;
  reject(error: unknown): void;
}

const entryPoint = fileURLToPath(new URL('./driver-process-main.js', import.meta.url));
/** How long a killed process is waited for: one that hangs in the kernel stays, and must not hold up its slot. */
const reapTimeoutMs = 5_000;
const lastWordsMs = 1_000;
const longestTimerMs = 2 ** 31 - 1;
/** A hostile recorder can have its driver's heap grown, but not the machine's memory taken. */
const heapLimitMiB = 384;

/**
 * A child process with one driver in it, and the questions put to it. Whatever ends it (a kill, an abort in native
 * code, a hang, nonsense on the channel) rejects every question with a RecorderError and takes nothing else along.
 */
export class DriverProcess {
  readonly #options: DriverProcessOptions;
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #said: OutputTail;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #receiving: { pending: Pending; told: Told } | null = null;
  #nextId = 1;
  /** Why nothing can be asked any more. */
  #ended: RecorderError | null = null;
  #isClosing = false;

  constructor(options: DriverProcessOptions) {
    this.#options = options;
    // The fourth is the lifeline: nothing crosses it, but it ends with this process, however that ends.
    this.#child = spawn(process.execPath, [`--max-old-space-size=${heapLimitMiB}`, entryPoint], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: processEnvironment(process.env),
    });
    const [, stdout, stderr, channel, lifeline] = this.#child.stdio as unknown as [
      null,
      Readable,
      Readable,
      Duplex,
      Duplex,
    ];
    this.#channel = channel;
    this.#said = new OutputTail(stdout, stderr);
    lifeline.on('error', () => {});
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (cause) => {
        this.#end(
          new RecorderError('DRIVER_CRASHED', `the ${options.driver} driver did not start`, { cause }),
        );
        resolve();
      });
      this.#child.once('exit', (code, signal) => {
        resolve();
        // Its last words may come after it.
        const tell = () => this.#end(this.#crash(code, signal));
        const timer = setTimeout(tell, lastWordsMs);
        this.#child.once('close', () => {
          clearTimeout(timer);
          tell();
        });
      });
    });
    const parser = new FrameParser({
      begin: (header, payloadBytes) => this.#begin(header, payloadBytes),
      complete: () => this.#complete(),
    });
    channel.on('data', (chunk: Buffer) => this.#receive(parser, chunk));
    channel.on('error', () => {});
    // Without its channel a driver is of no use; its exit then says why.
    channel.on('close', () => this.#child.kill('SIGKILL'));
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  /**
   * Asks one thing. Throws what the driver throws, DRIVER_CRASHED where its process ended, RECORDER_SILENT where it
   * hangs, and the reason of an aborted signal once the driver has let go.
   */
  async ask<Name extends OperationName>(
    name: Name,
    body: QuestionOf<Name>,
    options: AskOptions = {},
  ): Promise<{ body: AnswerOf<Name>; receivedBytes: number }> {
    options.signal?.throwIfAborted();
    if (this.#ended !== null) throw this.#ended;
    const id = this.#nextId++;
    const answered = this.#await(id, name, options);
    this.#send({ id, ask: name, body }, options.payload);
    const answer = await answered;
    if (!operations[name].isAnswer.Check(answer.body))
      throw this.#violation(`a ${name} answer of the wrong form`);
    return answer as { body: AnswerOf<Name>; receivedBytes: number };
  }

  /** Ends the process: asks it to close, then kills it. Resolves when it is gone. Never throws. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    if (this.#ended === null) {
      const timer = setTimeout(() => this.kill(), this.#options.patienceMs);
      // It may refuse, hang, or be gone already: it ends all the same.
      await this.ask('close', {}).catch(() => {});
      await Promise.race([this.#exited, new Promise((resolve) => this.#channel.once('close', resolve))]);
      clearTimeout(timer);
    }
    this.kill();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#exited,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, reapTimeoutMs);
      }),
    ]);
    clearTimeout(timer);
  }

  kill(): void {
    this.#end(new RecorderError('DRIVER_CRASHED', `the ${this.#options.driver} driver was stopped`));
  }

  #await(
    id: number,
    name: OperationName,
    { signal, into, onProgress, extraMs = 0 }: AskOptions,
  ): Promise<{ body: unknown; receivedBytes: number }> {
    const { driver, progressTimeoutMs, patienceMs } = this.#options;
    const hangMs = Math.min(progressTimeoutMs + extraMs, longestTimerMs);
    return new Promise((resolve, reject) => {
      const hang = () =>
        this.#end(silent(`the ${driver} driver made no progress for ${hangMs / 1000} s (${name})`));
      let timer = setTimeout(hang, hangMs);
      const onAbort = () => {
        this.#send({ id, cancel: true });
        clearTimeout(timer);
        timer = setTimeout(
          () => this.#end(silent(`the ${driver} driver did not let go of what was cancelled (${name})`)),
          patienceMs,
        );
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        name,
        into: into ?? null,
        receivedBytes: 0,
        touch: () => {
          if (signal?.aborted !== true) timer.refresh();
        },
        onProgress: (bytes) => onProgress?.(bytes),
        resolve: (answer) => {
          settle();
          resolve(answer);
        },
        reject: (error) => {
          settle();
          reject(signal?.aborted === true ? signal.reason : error);
        },
      });
    });
  }

  #send(header: unknown, payload?: Uint8Array): void {
    if (this.#ended !== null) return;
    this.#channel.write(encodeFrameHead(header, payload?.length ?? 0));
    if (payload !== undefined) this.#channel.write(payload);
  }

  #receive(parser: FrameParser, chunk: Buffer): void {
    if (this.#ended !== null) return;
    try {
      // Bytes of a clip are a sign of life as they come.
      this.#receiving?.pending.touch();
      parser.push(chunk);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      this.#violation(error.message);
    }
  }

  #begin(header: unknown, payloadBytes: number): Uint8Array {
    if (!isTold.Check(header)) throw new ChannelError('a header of no known form');
    const told = header as Told;
    const pending = this.#pending.get(told.id);
    if (pending === undefined) throw new ChannelError('an answer to nothing that was asked');
    this.#receiving = { pending, told };
    if (!('answer' in told) || pending.into === null) return noPayload(payloadBytes);
    if (payloadBytes > Math.min(pending.into.length, maxAnswerPayloadBytes)) {
      throw new ChannelError(`${payloadBytes} bytes follow where ${pending.into.length} were asked for`);
    }
    pending.receivedBytes = payloadBytes;
    return pending.into.subarray(0, payloadBytes);
  }

  #complete(): void {
    const receiving = this.#receiving;
    this.#receiving = null;
    if (receiving === null) return;
    const { pending, told } = receiving;
    if ('answer' in told) pending.resolve({ body: told.answer, receivedBytes: pending.receivedBytes });
    else if ('error' in told) pending.reject(errorOfWire(told.error));
    else {
      pending.touch();
      pending.onProgress(told.progressBytes);
    }
  }

  /** What the driver said cannot be; nothing it says is believed any more. */
  #violation(what: string): RecorderError {
    const error = new RecorderError('DRIVER_CRASHED', `the ${this.#options.driver} driver sent ${what}`);
    this.#end(error);
    return error;
  }

  #crash(code: number | null, signal: NodeJS.Signals | null): RecorderError {
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const said = this.#isClosing ? null : this.#said.lastWord();
    const words = said === null ? '' : `: ${said}`;
    return new RecorderError('DRIVER_CRASHED', `the ${this.#options.driver} driver ${how}${words}`);
  }

  /** The first reason counts. Whatever waits is told, and the process is killed for good. */
  #end(error: RecorderError): void {
    if (this.#ended === null) {
      this.#ended = error;
      for (const pending of [...this.#pending.values()]) pending.reject(error);
    }
    this.#child.kill('SIGKILL');
    this.#channel.destroy();
  }
}

function silent(message: string): RecorderError {
  return new RecorderError('RECORDER_SILENT', message);
}
