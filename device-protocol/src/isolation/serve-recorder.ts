import type { Duplex } from 'node:stream';
import type { Attachment } from '../attachment.ts';
import { RecorderError } from '../errors.ts';
import type { ClipReader, Listing, Recorder } from '../recorder.ts';
import type { DriverChoice } from './driver-choice.ts';
import { ChannelError, encodeFrameHead, FrameParser } from './frame.ts';
import { loadDriver } from './load-driver.ts';
import {
  type AnswerOf,
  type Asked,
  isAsked,
  maxListingBatch,
  maxQuestionPayloadBytes,
  type OperationName,
  operations,
  type QuestionOf,
} from './operations.ts';
import { wireError } from './wire-error.ts';
import { clipOfWire, wireListing } from './wire-listing.ts';

/** Answers what is asked over a channel until it is asked to close, or the channel ends. */
export async function serveRecorder(channel: Duplex): Promise<void> {
  await new RecorderServer(channel).served;
}

interface Question {
  body: unknown;
  payload: Uint8Array;
  signal: AbortSignal;
  onProgress(bytes: number): void;
}

/** An answer, and for a read the bytes that follow it. */
interface Answer {
  body: unknown;
  payload?: Uint8Array;
}

/** A batch of listings is sent before it is full where its recorder is slow to tell more. */
const batchPatienceMs = 200;

class RecorderServer {
  readonly served: Promise<void>;
  readonly #channel: Duplex;
  readonly #cancels = new Map<number, AbortController>();
  readonly #readers = new Map<number, ClipReader>();
  readonly #lists = new Map<number, OpenList>();
  #recorder: Recorder | null = null;
  #nextHandle = 1;
  #asked: { asked: Asked; payload: Uint8Array } | null = null;
  #finish: () => void = () => {};

  constructor(channel: Duplex) {
    this.#channel = channel;
    const parser = new FrameParser({
      begin: (header, payloadBytes) => this.#begin(header, payloadBytes),
      complete: () => this.#complete(),
    });
    this.served = new Promise((resolve) => {
      this.#finish = resolve;
      channel.on('data', (chunk: Buffer) => parser.push(chunk));
      channel.on('error', () => resolve());
      channel.on('close', () => resolve());
    });
  }

  #begin(header: unknown, payloadBytes: number): Uint8Array {
    if (!isAsked.Check(header)) throw new ChannelError('a question of no known form');
    if (payloadBytes > maxQuestionPayloadBytes) throw new ChannelError('a question with too many bytes');
    const payload = new Uint8Array(payloadBytes);
    this.#asked = { asked: header as Asked, payload };
    return payload;
  }

  #complete(): void {
    if (this.#asked === null) return;
    const { asked, payload } = this.#asked;
    this.#asked = null;
    if ('cancel' in asked) this.#cancels.get(asked.id)?.abort();
    else void this.#serve(asked.id, asked.ask, asked.body, payload);
  }

  async #serve(id: number, name: OperationName, body: unknown, payload: Uint8Array): Promise<void> {
    const cancel = new AbortController();
    this.#cancels.set(id, cancel);
    const onProgress = (progressBytes: number) => void this.#send({ id, progressBytes });
    try {
      const answer = await this.#answer(name, { body, payload, signal: cancel.signal, onProgress });
      await this.#send({ id, answer: answer.body }, answer.payload);
    } catch (error) {
      await this.#send({ id, error: wireError(error) });
    } finally {
      this.#cancels.delete(id);
    }
    if (name === 'close') this.#channel.end(() => this.#finish());
  }

  /** Resolves when the gateway has taken the bytes, so that little waits here. */
  async #send(header: unknown, payload?: Uint8Array): Promise<void> {
    if (this.#channel.destroyed) return;
    this.#channel.cork();
    this.#channel.write(encodeFrameHead(header, payload?.length ?? 0));
    const isTaken = payload === undefined || payload.length === 0 || this.#channel.write(payload);
    this.#channel.uncork();
    if (!isTaken) await new Promise<void>((resolve) => this.#channel.once('drain', resolve));
  }

  async #answer(name: OperationName, question: Question): Promise<Answer> {
    if (!operations[name].isQuestion.Check(question.body)) {
      throw new ChannelError(`a ${name} question of the wrong form`);
    }
    const handle = this.#handlers[name] as (body: unknown, question: Question) => Promise<Answer>;
    return handle(question.body, question);
  }

  readonly #handlers: {
    [Name in OperationName]: (
      body: QuestionOf<Name>,
      question: Question,
    ) => Promise<{ body: AnswerOf<Name>; payload?: Uint8Array }>;
  } = {
    open: async ({ choice, attachment }, { signal }) => {
      const driver = await loadDriver(choice as DriverChoice);
      this.#recorder = await driver.open(attachment as Attachment, signal);
      const { capabilities, parallelReads, firmware } = this.#recorder;
      const opened = { driver: this.#recorder.driver, parallelReads, hasFirmware: firmware !== null };
      return { body: { ...opened, capabilities: [...capabilities] } };
    },
    describePlugin: async (place) => ({
      body: {
        ...(await (await import('../plugin/load-plugin.ts')).describePlugin(place)),
      } as AnswerOf<'describePlugin'>,
    }),
    identify: async (_, { signal }) => ({ body: { identity: await this.#opened.identify(signal) } }),
    readClock: async ({ count }, { signal }) => ({
      body: { readings: await this.#opened.readClock(count, signal) },
    }),
    setClock: async (_, { signal }) => ({ body: { setting: await this.#opened.setClock(signal) } }),
    readStatus: async (_, { signal }) => ({ body: { status: await this.#opened.readStatus(signal) } }),
    hashOnDevice: async ({ clip }, { signal }) => ({
      body: { sha256: await this.#opened.hashOnDevice(clipOfWire(clip), signal) },
    }),
    writeIdentity: async ({ identity }, { signal }) => {
      await this.#opened.writeIdentity(identity, signal);
      return { body: {} };
    },
    switchMode: async (_, { signal }) => {
      await this.#opened.switchMode(signal);
      return { body: {} };
    },
    startList: async () => {
      const list = this.#nextHandle++;
      this.#lists.set(list, new OpenList(this.#opened));
      return { body: { list } };
    },
    nextListings: async ({ list }, { signal }) => {
      const { listings, isLast } = await held(this.#lists, list, 'list').next(signal);
      return { body: { listings: listings.map(wireListing), isLast } };
    },
    endList: async ({ list }) => {
      const open = this.#lists.get(list);
      this.#lists.delete(list);
      await open?.end();
      return { body: {} };
    },
    openClip: async ({ clip }, { signal }) => {
      const opened = await this.#opened.open(clipOfWire(clip), signal);
      const reader = this.#nextHandle++;
      this.#readers.set(reader, opened);
      return { body: { reader, sizeBytes: opened.sizeBytes, pieceBytes: opened.pieceBytes } };
    },
    read: async ({ reader, positionBytes, lengthBytes }, { signal }) => {
      const into = Buffer.allocUnsafeSlow(lengthBytes);
      const readBytes = await held(this.#readers, reader, 'reader').read(into, positionBytes, signal);
      return { body: {}, payload: into.subarray(0, readBytes) };
    },
    assertUnchanged: async ({ reader }) => {
      await held(this.#readers, reader, 'reader').assertUnchanged();
      return { body: {} };
    },
    closeClip: async ({ reader }) => {
      const open = this.#readers.get(reader);
      this.#readers.delete(reader);
      await open?.close();
      return { body: {} };
    },
    erase: async ({ clip, proof }, { signal }) => {
      await this.#opened.erase(clipOfWire(clip), proof, signal);
      return { body: {} };
    },
    isPresent: async () => ({ body: { isPresent: await this.#opened.isPresent() } }),
    firmwareList: async (_, { signal }) => ({ body: { images: await this.#firmware.list(signal) } }),
    firmwareUpload: async (_, { payload, signal, onProgress }) => {
      await this.#firmware.upload(payload, onProgress, signal);
      return { body: {} };
    },
    firmwareTest: async ({ hash }, { signal }) => {
      await this.#firmware.test(hash, signal);
      return { body: {} };
    },
    firmwareConfirm: async (_, { signal }) => {
      await this.#firmware.confirm(signal);
      return { body: {} };
    },
    firmwareReset: async (_, { signal }) => {
      await this.#firmware.reset(signal);
      return { body: {} };
    },
    close: async () => {
      await this.#recorder?.close();
      return { body: {} };
    },
  };

  get #opened(): Recorder {
    if (this.#recorder === null) throw new ChannelError('no recorder is open');
    return this.#recorder;
  }

  get #firmware() {
    const { firmware } = this.#opened;
    if (firmware === null) throw new RecorderError('NOT_SUPPORTED', 'this recorder has no firmware access');
    return firmware;
  }
}

/** A listing under way, given out in batches. Once a fetch is cancelled the listing is over. */
class OpenList {
  readonly #stop = new AbortController();
  readonly #listings: AsyncIterator<Listing>;
  /** What ended the listing, kept until what came before it was given out. */
  #failure: { error: unknown } | null = null;

  constructor(recorder: Recorder) {
    this.#listings = recorder.list(this.#stop.signal)[Symbol.asyncIterator]();
  }

  async next(signal: AbortSignal): Promise<{ listings: Listing[]; isLast: boolean }> {
    const onAbort = () => this.#stop.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#batch();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #batch(): Promise<{ listings: Listing[]; isLast: boolean }> {
    const listings: Listing[] = [];
    const untilMs = performance.now() + batchPatienceMs;
    try {
      while (listings.length < maxListingBatch && (listings.length === 0 || performance.now() < untilMs)) {
        if (this.#failure !== null) throw this.#failure.error;
        const next = await this.#listings.next();
        if (next.done === true) return { listings, isLast: true };
        listings.push(next.value);
      }
    } catch (error) {
      this.#failure = { error };
      if (listings.length === 0) throw error;
    }
    return { listings, isLast: false };
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#listings.return?.();
  }
}

function held<Value>(all: ReadonlyMap<number, Value>, handle: number, what: string): Value {
  const value = all.get(handle);
  if (value === undefined) throw new ChannelError(`there is no ${what} ${handle}`);
  return value;
}
