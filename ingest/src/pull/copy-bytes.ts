import { rm } from 'node:fs/promises';
import type { RegisteredClip } from '../clip/clip-index.ts';
import { isPrefixOf, keepInterrupted } from './interrupted-copy.ts';
import { pullSmall, smallClipBytes } from './pull-small.ts';
import { type ClipPrefix, type PulledFile, pullStream } from './pull-stream.ts';
import type { StoreServices, TakingContext } from './taking.ts';

/** What came back from the store's disk. */
interface StoredFacts {
  blake3: string;
  sizeBytes: number;
  readBack: 'media' | 'cache';
}

export interface Copied {
  copied: PulledFile;
  /** What was read back of a small clip; a large one is read back by the caller. */
  stored: StoredFacts | null;
  /** Where the reading began; more than 0 where the beginning was read at an earlier docking. */
  resumedAtBytes: number;
}

/** Copies a clip from the recorder into a file of the store; on from its beginning where that stands there already. */
export async function copyBytes(
  services: StoreServices,
  context: TakingContext,
  registered: RegisteredClip,
  media: string,
  prefix: ClipPrefix | null,
): Promise<Copied> {
  const reader = await context.recorder.open(registered.listed, context.signal);
  const options = {
    clipName: registered.listed.name,
    stallTimeoutMs: services.stallTimeoutMs,
    signal: context.signal,
    onProgress: context.onProgress,
  };
  try {
    if (reader.sizeBytes <= smallClipBytes) {
      return { ...(await pullSmall(reader, media, services.pool, options)), resumedAtBytes: 0 };
    }
    const sound = prefix !== null && (await isPrefixOf(reader, media, prefix, options)) ? prefix : null;
    if (sound === null) await rm(media, { force: true });
    const copied = await pullStream(reader, media, services.pool, {
      ...options,
      prefix: sound,
      onInterrupted: (reached) => keepInterrupted(services.layout, registered, reached),
    });
    return { copied, stored: null, resumedAtBytes: sound?.sizeBytes ?? 0 };
  } finally {
    await reader.close();
  }
}
