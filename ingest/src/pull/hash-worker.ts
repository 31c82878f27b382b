import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { Blake3Hasher, blake3 } from '@napi-rs/blake-hash';
import { errnoOf } from '../errors.ts';
import type { DigestChoice, Digests, HashReply, HashRequest, PartDigests } from './hash-protocol.ts';
import { storeSmallCopy } from './small-copy.ts';
import { writeRecord } from './write-record.ts';

// Every worker loads what is imported here, and it takes CPU at each start: no package but the hash, no recorder.

/** The running digests of one clip. */
interface Job {
  memory: SharedArrayBuffer;
  sha256: Hash | null;
  blake3: Blake3Hasher | null;
}

const jobs = new Map<number, Job>();
const port = parentPort;
if (port === null) throw new Error('the hash worker runs in a worker thread only');

port.on('message', (message: HashRequest) => {
  if (message.type === 'open') {
    jobs.set(message.job, openJob(message.digests, message.memory));
  } else if (message.type === 'abandon') {
    jobs.delete(message.job);
  } else {
    port.postMessage(answer(message));
  }
});

function openJob(digests: DigestChoice, memory: SharedArrayBuffer): Job {
  return {
    memory,
    sha256: digests === 'blake3' ? null : createHash('sha256'),
    blake3: digests === 'sha256' ? null : new Blake3Hasher(),
  };
}

type Question = Exclude<HashRequest, { type: 'open' | 'abandon' }>;

function answer(message: Question): HashReply {
  try {
    return { request: message.request, ok: true, value: work(message) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { request: message.request, ok: false, failure: { code: errnoOf(error), message: text } };
  }
}

function work(message: Question): (HashReply & { ok: true })['value'] {
  switch (message.type) {
    case 'update':
      return update(requireJob(message.job), message.offsetBytes, message.lengthBytes);
    case 'finish':
      return finish(message.job);
    case 'store-small':
      return storeSmallCopy(message.copy);
    case 'write-record':
      writeRecord(message.file);
      return null;
    case 'digest-sample':
      return blake3(message.bytes).toString('hex');
    case 'digest-part':
      return digestPart(new Uint8Array(message.memory, message.offsetBytes, message.lengthBytes));
  }
}

function update(job: Job, offsetBytes: number, lengthBytes: number): null {
  const bytes = new Uint8Array(job.memory, offsetBytes, lengthBytes);
  job.sha256?.update(bytes);
  job.blake3?.update(bytes);
  return null;
}

function digestPart(bytes: Uint8Array): PartDigests {
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    md5: createHash('md5').update(bytes).digest('hex'),
  };
}

function finish(id: number): Digests {
  const job = requireJob(id);
  jobs.delete(id);
  return {
    sha256: job.sha256?.digest('hex') ?? '',
    blake3: job.blake3?.digestBuffer().toString('hex') ?? '',
  };
}

function requireJob(id: number): Job {
  const job = jobs.get(id);
  if (job === undefined) throw new Error(`no hash job ${id}`);
  return job;
}
