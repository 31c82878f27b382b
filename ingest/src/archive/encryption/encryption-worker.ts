import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import {
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption';
import { errnoOf } from '../../errors.ts';
import type { EncryptionJob, EncryptionResult } from './encryption-job.ts';

/** Encrypts one file in a thread of its own, piece by piece, and proves that it decrypts. */

const pieceBytes = 1_048_576;

interface Digest {
  sha256: string;
  sizeBytes: number;
}

class JobFailure extends Error {
  readonly outcome: 'clip-damaged' | 'proof-failed';

  constructor(outcome: 'clip-damaged' | 'proof-failed', message: string) {
    super(message);
    this.outcome = outcome;
  }
}

async function resultOf(job: EncryptionJob): Promise<EncryptionResult> {
  try {
    return { outcome: 'done', ...(await encryptProven(job)) };
  } catch (error) {
    const outcome =
      error instanceof JobFailure ? error.outcome : errnoOf(error) === 'ENOENT' ? 'clip-damaged' : 'failed';
    return {
      outcome,
      message: error instanceof Error ? error.message : String(error),
      errno: errnoOf(error) ?? null,
    };
  }
}

/**
 * The proof needs an identity, and the recipients' are not here: a second recipient is made for this one file, whose
 * identity never leaves this thread and ends with it.
 */
async function encryptProven(job: EncryptionJob): Promise<Digest> {
  const identity = await (isPostQuantum(job.recipients)
    ? generateHybridIdentity()
    : generateX25519Identity());
  const encrypter = new Encrypter();
  for (const recipient of [...job.recipients, await identityToRecipient(identity)])
    encrypter.addRecipient(recipient);
  const plain = new Digester();
  const encrypted = await encrypter.encrypt(
    webStream(plain.through(createReadStream(job.file, { highWaterMark: pieceBytes }))),
  );
  const written = await writeDurably(job.into, encrypted);
  assertOriginal(plain.digest(), job, 'clip-damaged', 'the stored file is not the clip that was pulled');
  await assertDecrypts(job, identity, written);
  return written;
}

/** Reads what was written from its file, and decrypts it to nothing but its hash. */
async function assertDecrypts(job: EncryptionJob, identity: string, written: Digest): Promise<void> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const spooled = new Digester();
  const stream = await decrypter.decrypt(
    webStream(spooled.through(createReadStream(job.into, { highWaterMark: pieceBytes }))),
  );
  const decrypted = new Digester();
  for await (const piece of stream) decrypted.add(piece);
  assertOriginal(spooled.digest(), written, 'proof-failed', 'the spool reads other bytes than were written');
  assertOriginal(decrypted.digest(), job, 'proof-failed', 'the encryption does not decrypt to the original');
}

async function writeDurably(path: string, pieces: AsyncIterable<Uint8Array>): Promise<Digest> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const handle = await open(path, flags, 0o640);
  try {
    const digester = new Digester();
    for await (const batch of gathered(pieces)) {
      digester.add(batch);
      await writeWhole(handle, batch);
    }
    await handle.sync();
    return digester.digest();
  } finally {
    await handle.close();
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}

/** age makes pieces of 64 KiB; they are written a mebibyte at a time. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    waitingBytes += piece.length;
    if (waitingBytes < pieceBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
  }
  if (waitingBytes > 0) yield Buffer.concat(waiting);
}

class Digester {
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;

  add(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.#sizeBytes += piece.length;
  }

  async *through(pieces: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.add(piece);
      yield piece;
    }
  }

  digest(): Digest {
    return { sha256: this.#hash.digest('hex'), sizeBytes: this.#sizeBytes };
  }
}

/** Nothing is read ahead but one piece, so that memory does not grow with the file. */
function webStream(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const readable = Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
  return Readable.toWeb(readable, {
    strategy: { highWaterMark: 1 },
  }) as unknown as ReadableStream<Uint8Array>;
}

function assertOriginal(found: Digest, expected: Digest, outcome: JobFailure['outcome'], what: string): void {
  if (found.sha256 === expected.sha256 && found.sizeBytes === expected.sizeBytes) return;
  throw new JobFailure(outcome, `${what}: ${found.sizeBytes} bytes with SHA-256 ${found.sha256}`);
}

function isPostQuantum(recipients: readonly string[]): boolean {
  return recipients.some((recipient) => /^age1(?:tag)?pq1/u.test(recipient));
}

parentPort?.postMessage(await resultOf(workerData as EncryptionJob));
