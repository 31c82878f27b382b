import { Worker } from 'node:worker_threads';
import { IngestError } from '../errors.ts';
import type {
  DigestChoice,
  Digests,
  HashFailure,
  HashReply,
  HashRequest,
  PartDigests,
  RecordFile,
  SmallCopy,
  SmallCopyResult,
} from './hash-protocol.ts';

/** A failure that happened inside a hash worker. */
export class HashWorkerError extends Error {
  /** `errno` name where it was the file system's. */
  readonly code: string | undefined;

  constructor(failure: HashFailure) {
    super(failure.message);
    this.name = 'HashWorkerError';
    this.code = failure.code;
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One worker thread and what it still owes. */
class HashWorker {
  readonly #worker = new Worker(new URL('./hash-worker.js', import.meta.url));
  readonly #pending = new Map<number, Pending>();
  #nextRequest = 0;
  #broken: Error | null = null;

  constructor() {
    this.#worker.on('message', (reply: HashReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#breakAll(error));
    this.#worker.on('exit', () => this.#breakAll(new IngestError('STORE_FAILED', 'a hash worker stopped')));
    this.#worker.unref();
  }

  get isBroken(): boolean {
    return this.#broken !== null;
  }

  get load(): number {
    return this.#pending.size;
  }

  tell(message: HashRequest): void {
    this.#worker.postMessage(message);
  }

  ask<Value>(make: (request: number) => HashRequest): Promise<Value> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const request = this.#nextRequest;
    this.#nextRequest += 1;
    return new Promise((resolve, reject) => {
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(request, { resolve: (value) => resolve(value as Value), reject });
      this.#worker.postMessage(make(request));
    });
  }

  #settle(reply: HashReply): void {
    const pending = this.#pending.get(reply.request);
    this.#pending.delete(reply.request);
    if (this.#pending.size === 0) this.#worker.unref();
    if (reply.ok) pending?.resolve(reply.value);
    else pending?.reject(new HashWorkerError(reply.failure));
  }

  #breakAll(error: Error): void {
    this.#broken = error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The digests of one stream, fed chunk by chunk from shared memory, in order. */
export interface HashJob {
  /** Resolves once the bytes have been hashed and their buffer may be used again. */
  update(offsetBytes: number, lengthBytes: number): Promise<void>;
  finish(): Promise<Digests>;
  /** Forgets a job that will not be finished. */
  abandon(): void;
}

/**
 * A few persistent worker threads that hash, so that the main thread never does. A job stays with one worker;
 * new jobs go to the worker that owes least.
 */
export class HashPool {
  readonly #workers: HashWorker[];
  readonly #jobsOf = new Map<HashWorker, number>();
  #nextJob = 0;
  #isStopped = false;

  /** `workers` is best the number of cores: more only take turns. */
  constructor(workers: number) {
    this.#workers = Array.from({ length: Math.max(1, workers) }, () => new HashWorker());
  }

  /** Starts digests over buffers that lie in `memory`. */
  open(digests: DigestChoice, memory: SharedArrayBuffer): HashJob {
    const worker = this.#leastLoaded();
    const job = this.#nextJob;
    this.#nextJob += 1;
    this.#jobsOf.set(worker, (this.#jobsOf.get(worker) ?? 0) + 1);
    worker.tell({ type: 'open', job, digests, memory });
    let isOpen = true;
    const close = () => {
      if (!isOpen) return false;
      isOpen = false;
      this.#jobsOf.set(worker, (this.#jobsOf.get(worker) ?? 1) - 1);
      return true;
    };
    return {
      update: async (offsetBytes, lengthBytes) => {
        await worker.ask<null>((request) => ({ type: 'update', job, request, offsetBytes, lengthBytes }));
      },
      finish: () => {
        close();
        return worker.ask<Digests>((request) => ({ type: 'finish', job, request }));
      },
      abandon: () => {
        if (close()) worker.tell({ type: 'abandon', job });
      },
    };
  }

  /** Hashes, stores and reads back a small clip inside a worker. Rejects with HashWorkerError. */
  storeSmall(copy: SmallCopy): Promise<SmallCopyResult> {
    return this.#leastLoaded().ask((request) => ({ type: 'store-small', request, copy }));
  }

  /** Lays a small file in a clip's folder, durable, inside a worker. Rejects with HashWorkerError. */
  async writeRecord(file: RecordFile): Promise<void> {
    await this.#leastLoaded().ask<null>((request) => ({ type: 'write-record', request, file }));
  }

  /** BLAKE3 (hex) of a few sampled bytes. */
  digestSample(bytes: Uint8Array): Promise<string> {
    return this.#leastLoaded().ask((request) => ({ type: 'digest-sample', request, bytes }));
  }

  /** SHA-256 and MD5 of a stretch of shared memory by itself, as object stores check parts. */
  digestPart(memory: SharedArrayBuffer, offsetBytes: number, lengthBytes: number): Promise<PartDigests> {
    return this.#leastLoaded().ask((request) => ({
      type: 'digest-part',
      request,
      memory,
      offsetBytes,
      lengthBytes,
    }));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  #leastLoaded(): HashWorker {
    for (const [position, worker] of this.#workers.entries()) {
      if (worker.isBroken && !this.#isStopped) this.#workers[position] = new HashWorker();
    }
    const weight = (worker: HashWorker) => worker.load + 4 * (this.#jobsOf.get(worker) ?? 0);
    const [first, ...others] = this.#workers;
    if (first === undefined) throw new RangeError('a hash pool has at least one worker');
    return others.reduce((best, worker) => (weight(worker) < weight(best) ? worker : best), first);
  }
}
