import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { IngestError } from '../../errors.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ContentDigest } from '../archive-target.ts';
import type { EncryptionResult } from './encryption-job.ts';

/** A file of the store, with the hash it must have. */
export interface PlainOriginal extends ContentDigest {
  file: string;
}

/**
 * Encrypts a file with age (C2SP age v1) to each recipient, into a file that does not exist yet. When it resolves, the file is
 * flushed and was decrypted again to exactly the original; resolves with its hash and length. Memory does not grow with the
 * file, and no byte of it passes the main thread. Leaves nothing behind where it throws: ArchiveRefusal `clip-damaged` where the
 * original is not what it should be, IngestError STORE_FULL or STORE_FAILED where the encryption cannot be kept.
 */
export async function encryptForArchive(
  { file, sha256, sizeBytes }: PlainOriginal,
  recipients: readonly string[],
  into: string,
  signal: AbortSignal,
): Promise<ContentDigest> {
  if (recipients.length === 0) throw new TypeError('an encryption needs somebody who can read it');
  signal.throwIfAborted();
  try {
    const result = await runWorker({ file, sha256, sizeBytes, recipients, into }, signal);
    if (result.outcome === 'done') return { sha256: result.sha256, sizeBytes: result.sizeBytes };
    throw failureOf(file, result);
  } catch (error) {
    await rm(into, { force: true });
    throw error;
  }
}

/** The thread has ended when this settles. */
async function runWorker(workerData: object, signal: AbortSignal): Promise<EncryptionResult> {
  const worker = new Worker(new URL('./encryption-worker.js', import.meta.url), { workerData });
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await new Promise<EncryptionResult | null>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => resolve(null));
    });
    signal.throwIfAborted();
    if (result === null) throw new IngestError('STORE_FAILED', 'the encryption stopped before its end');
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
    await exited;
  }
}

function failureOf(file: string, result: Exclude<EncryptionResult, { outcome: 'done' }>): Error {
  const message = `${file} was not encrypted: ${result.message}`;
  if (result.outcome === 'clip-damaged') return new ArchiveRefusal('clip-damaged', message);
  const isFull = result.errno === 'ENOSPC' || result.errno === 'EDQUOT';
  return new IngestError(isFull ? 'STORE_FULL' : 'STORE_FAILED', message);
}
