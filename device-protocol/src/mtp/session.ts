import { setTimeout as delay } from 'node:timers/promises';
import { RecorderError } from '../errors.ts';
import { type UsbConnection, UsbError } from '../usb/usb-connection.ts';
import { responses } from './codes.ts';
import { type Container, encodeContainer, encodeData } from './container.ts';
import { InPipe } from './in-pipe.ts';
import { ObjectDownload } from './object-download.ts';
import { type Operation, operations, type ParametersOf } from './operations.ts';
import { receiveAnswer } from './receive-answer.ts';
import { recorderFault } from './recorder-fault.ts';
import { cancelTransaction, drain, type RecoveryPatience, resetDevice } from './recovery.ts';
import { isResponse, ResponseError } from './response-error.ts';

export interface SessionOptions extends RecoveryPatience {
  /** How long one transfer may take: a piece of an answer, not the whole of it. */
  timeoutMs: number;
}

export interface RequestOptions {
  signal: AbortSignal;
  /** What is sent in the data phase. */
  payload?: Uint8Array;
  /** Payload that is due at most, where that is known. */
  expectedBytes?: number;
  /** Called at the begin of each attempt for what takes the parts of the data phase. */
  receive?(): (part: Uint8Array) => void;
}

/** What the session put right, since it was opened. */
export interface SessionStatistics {
  /** Transactions that were broken off and cancelled. */
  cancelled: number;
  /** Transactions that were done again. */
  repeated: number;
  /** Times the recorder was put back and the session opened anew. */
  restarted: number;
}

const defaults: SessionOptions = { timeoutMs: 10_000, controlTimeoutMs: 2000, quietMs: 200, busyMs: 2000 };
const sessionId = 1;
const lastTransaction = 0xffff_fffe;
const attempts = 3;
const busyPauseMs = 100;

/**
 * One session with a recorder: one transaction at a time. A transaction that breaks off is cancelled, and done again
 * where that changes nothing; where cancelling does not help, the recorder is reset and the session opened anew.
 */
export class MtpSession {
  readonly statistics: SessionStatistics = { cancelled: 0, repeated: 0, restarted: 0 };
  readonly #usb: UsbConnection;
  readonly #pipe: InPipe;
  readonly #options: SessionOptions;
  #transaction = 0;
  #last: Promise<unknown> = Promise.resolve();
  #download: ObjectDownload | null = null;
  #lost: RecorderError | null = null;

  constructor(usb: UsbConnection, options: Partial<SessionOptions> = {}) {
    this.#usb = usb;
    this.#pipe = new InPipe(usb);
    this.#options = { ...defaults, ...options };
  }

  /** Goes up when the session had to be opened anew: handles may mean other objects then. */
  get generation(): number {
    return this.statistics.restarted;
  }

  /** Drops what an earlier user of the recorder left on the wire, and opens the session. Throws RecorderError. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#alone(async () => {
      try {
        const isEmpty = await drain(this.#usb, this.#pipe, this.#options, signal);
        if (!isEmpty) await resetDevice(this.#usb, this.#pipe, this.#options);
        await this.#openSession(signal);
      } catch (error) {
        signal.throwIfAborted();
        throw recorderFault(error);
      }
    });
  }

  /** The session is over, whatever else is asked: the recorder said so, or nothing can be read from it. */
  lose(error: RecorderError): void {
    this.#lost ??= error;
  }

  /**
   * Does one operation; resolves with the parameters of its response. Throws ResponseError where the recorder refuses,
   * RecorderError RECORDER_GONE, RECORDER_SILENT, PROTOCOL_VIOLATION, and the reason of an aborted signal, after the
   * transaction was cancelled.
   */
  async request<Row extends Operation>(
    operation: Row,
    parameters: ParametersOf<Row>,
    options: RequestOptions,
  ): Promise<number[]> {
    const ordered = inOrder(operation, parameters);
    return this.#alone(() => this.#attemptAll(operation, ordered, options));
  }

  /** The whole data phase of an operation that brings a dataset. Throws as `request`, and WireError past `maxBytes`. */
  async fetch<Row extends Operation>(
    operation: Row,
    parameters: ParametersOf<Row>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    let parts: Uint8Array[] = [];
    const receive = (): ((part: Uint8Array) => void) => {
      parts = [];
      let lengthBytes = 0;
      return (part) => {
        lengthBytes += part.length;
        if (lengthBytes > maxDatasetBytes) {
          throw new RecorderError(
            'PROTOCOL_VIOLATION',
            `${operation.name} brings more than any dataset holds`,
          );
        }
        parts.push(part);
      };
    };
    await this.request(operation, parameters, { signal, receive });
    return Buffer.concat(parts);
  }

  /**
   * Begins to download an object; it goes on as it is read, and is cancelled by any other request. For recorders
   * without partial reads.
   */
  async download(handle: number, signal: AbortSignal): Promise<ObjectDownload> {
    return this.#alone(async () => {
      signal.throwIfAborted();
      const operation = operations.getObject;
      const transaction = this.#takeTransaction();
      const waiting = {
        operation,
        transaction,
        expectedBytes: 0,
        timeoutMs: this.#options.timeoutMs,
        signal,
      };
      try {
        await this.#sendCommand(operation, transaction, [handle], signal);
      } catch (error) {
        await this.#recover(transaction, error);
        signal.throwIfAborted();
        throw recorderFault(error);
      }
      const download = new ObjectDownload(receiveAnswer(this.#pipe, waiting), waiting, async (error) => {
        if (this.#download === download) this.#download = null;
        await this.#recover(transaction, error);
      });
      this.#download = download;
      return download;
    }, null);
  }

  /** Reads on in a download. Throws RecorderError where another request has cancelled it. */
  async readDownload(download: ObjectDownload, into: Uint8Array, signal: AbortSignal): Promise<number> {
    return this.#alone(() => download.read(into, signal), download);
  }

  /** Ends a download, if it is still under way. */
  async endDownload(download: ObjectDownload): Promise<void> {
    if (this.#download === download) await this.#alone(async () => undefined);
  }

  /** Ends the session as far as the recorder takes part, and gives the interface back. */
  async close(): Promise<void> {
    const timeoutMs = Math.min(this.#options.timeoutMs, this.#options.controlTimeoutMs);
    try {
      if (this.#lost === null) {
        const close = async (): Promise<void> => {
          const signal = AbortSignal.timeout(timeoutMs);
          await this.#transact(operations.closeSession, this.#takeTransaction(), [], { signal });
        };
        await this.#alone(close).catch(() => undefined);
      }
    } finally {
      this.lose(new RecorderError('RECORDER_GONE', 'the recorder was closed'));
      await this.#usb.close();
    }
  }

  /** Runs work when nothing else runs; a download that is not `own` is cancelled first. */
  #alone<Result>(work: () => Promise<Result>, own: ObjectDownload | null = null): Promise<Result> {
    const run = async (): Promise<Result> => {
      if (this.#lost !== null) throw this.#lost;
      if (this.#download !== own) await this.#download?.cancel();
      return work();
    };
    const result = this.#last.then(run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #attemptAll(
    operation: Operation,
    parameters: readonly number[],
    options: RequestOptions,
  ): Promise<number[]> {
    for (let attempt = 1; ; attempt++) {
      options.signal.throwIfAborted();
      const transaction = this.#takeTransaction();
      try {
        return await this.#transact(operation, transaction, parameters, options);
      } catch (error) {
        const isLast = attempt === attempts || !operation.isRepeatable;
        await this.#heal(operation, transaction, error, options.signal, isLast);
        this.statistics.repeated++;
      }
    }
  }

  /** Returns where the operation is worth another attempt; throws what it came to where it is not. */
  async #heal(
    operation: Operation,
    transaction: number,
    error: unknown,
    signal: AbortSignal,
    isLast: boolean,
  ): Promise<void> {
    if (error instanceof ResponseError) {
      if (isLast) throw error;
      if (isResponse(error, responses.deviceBusy)) {
        await delay(busyPauseMs);
      } else if (isResponse(error, responses.sessionNotOpen)) {
        await this.#restart(error);
      } else {
        throw error;
      }
      return;
    }
    const status = await this.#recover(transaction, error);
    signal.throwIfAborted();
    if (!isLast && isTransportFault(error)) return;
    // A stall is how a recorder breaks off; the code it gives says why (USB Still Image 1.0).
    if (error instanceof UsbError && error.code === 'STALL') {
      throw new ResponseError(operation.name, refusalIn(status));
    }
    throw recorderFault(error);
  }

  async #transact(
    operation: Operation,
    transaction: number,
    parameters: readonly number[],
    { signal, payload, expectedBytes = smallAnswerBytes, receive }: RequestOptions,
  ): Promise<number[]> {
    await this.#sendCommand(operation, transaction, parameters, signal);
    if (payload !== undefined) await this.#send(encodeData(operation.code, transaction, payload), signal);
    const take = receive?.();
    const { timeoutMs } = this.#options;
    const answer = receiveAnswer(this.#pipe, { operation, transaction, expectedBytes, timeoutMs, signal });
    for (;;) {
      const step = await answer.next();
      if (step.done !== true) take?.(step.value);
      else return parametersOf(operation, step.value);
    }
  }

  #sendCommand(
    { code }: Operation,
    transaction: number,
    parameters: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    return this.#send(
      encodeContainer({ type: 'command', code, transaction, parameters: [...parameters] }),
      signal,
    );
  }

  async #send(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { timeoutMs } = this.#options;
    try {
      await this.#usb.bulkOut(bytes, { timeoutMs, signal, endWithEmptyPacket: true });
    } catch (error) {
      const isStall = error instanceof UsbError && error.code === 'STALL';
      if (isStall) await this.#usb.clearHalt(this.#usb.pipes.bulkOut, signal);
      throw error;
    }
  }

  /** Gets the wire in step again after a transaction broke off. Resolves with the recorder's status code. */
  async #recover(transaction: number, error: unknown): Promise<number | null> {
    this.statistics.cancelled++;
    if (error instanceof UsbError && error.code === 'GONE') return this.#give(recorderFault(error));
    try {
      const { isReady, status } = await cancelTransaction(this.#usb, this.#pipe, transaction, this.#options);
      if (!isReady) await this.#restart(error);
      return status;
    } catch (failure) {
      return this.#give(recorderFault(failure));
    }
  }

  /** Puts the recorder back and opens the session anew: first by the class request, then by a reset of its port. */
  async #restart(cause: unknown): Promise<void> {
    const signal = new AbortController().signal;
    this.statistics.restarted++;
    try {
      await resetDevice(this.#usb, this.#pipe, this.#options);
      await this.#openSession(signal);
    } catch (error) {
      if (error instanceof UsbError && error.code === 'GONE') this.#give(recorderFault(error));
      try {
        await this.#usb.reset(signal);
        this.#pipe.forget();
        await this.#openSession(signal);
      } catch {
        this.#give(
          new RecorderError('RECORDER_SILENT', 'the recorder does not answer after a reset', { cause }),
        );
      }
    }
  }

  async #openSession(signal: AbortSignal): Promise<void> {
    const open = async (): Promise<void> => {
      this.#transaction = 0;
      await this.#transact(operations.openSession, 0, [sessionId], { signal });
      this.#transaction = 1;
    };
    try {
      await open();
    } catch (error) {
      if (!isResponse(error, responses.sessionAlreadyOpen)) throw error;
      this.#transaction = 1;
      await this.#transact(operations.closeSession, this.#takeTransaction(), [], { signal });
      await open();
    }
  }

  #give(error: unknown): never {
    if (error instanceof RecorderError) this.lose(error);
    throw error;
  }

  /** 0 is for OpenSession, 0xFFFFFFFF for no transaction at all (ISO 15740). */
  #takeTransaction(): number {
    const transaction = this.#transaction;
    this.#transaction = transaction >= lastTransaction ? 1 : transaction + 1;
    return transaction;
  }
}

/** Room for most datasets in one transfer. */
const smallAnswerBytes = 16 * 1024;
/** More than a property list of as many objects as Docket takes. */
const maxDatasetBytes = 64 * 1024 * 1024;

function inOrder(operation: Operation, parameters: Readonly<Record<string, number>>): number[] {
  return operation.parameters.map((name) => parameters[name] ?? 0);
}

function parametersOf({ name }: Operation, { code, parameters }: Container): number[] {
  if (code !== responses.ok) throw new ResponseError(name, code);
  return parameters;
}

function refusalIn(status: number | null): number {
  return status === null || status === responses.ok ? responses.generalError : status;
}

/** Broken transfers and bytes, against faults of our own and of what the payload means. */
function isTransportFault(error: unknown): boolean {
  return recorderFault(error) !== error;
}
