import { constants, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DisclosureEvent, DisclosureOutcome } from '@docket/ingest';
import { type RetryTimes, waitMs } from '../signed-push/push-answer.ts';
import { detachedSignature } from '../signed-push/signatures.ts';
import type { SigningKey } from '../signed-push/signing-key.ts';
import { cloudEventOf } from './cloud-event.ts';

export interface DirectoryWayOptions {
  dockName: string;
  directory: string;
  retry: RetryTimes;
  key: SigningKey;
}

/**
 * Tells one event by a file `<kind>/<sequence>-<id>.json` with its detached signature beside it. The signature is put in
 * place first, the file last and by one rename, so that a file that is seen is whole and can be checked.
 */
export async function tellByFile(
  event: DisclosureEvent,
  attempts: number,
  { dockName, directory, retry, key }: DirectoryWayOptions,
): Promise<DisclosureOutcome> {
  const content = cloudEventOf(event, dockName);
  const file = join(directory, event.kind, fileName(event));
  try {
    await mkdir(dirname(file), { recursive: true });
    await putInPlace(`${file}.jws`, Buffer.from(`${detachedSignature(content, key)}\n`));
    await putInPlace(file, content);
    return { result: 'delivered', status: null };
  } catch (error) {
    return {
      result: 'again',
      afterMs: waitMs(attempts, retry),
      status: null,
      error: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Names sort in the order in which events were made. */
export function fileName({ sequence, eventId }: Pick<DisclosureEvent, 'sequence' | 'eventId'>): string {
  return `${String(sequence).padStart(12, '0')}-${eventId}.json`;
}

/** Writes a file durably under a name of its own, then puts it in place. Done twice, it leaves the same. */
async function putInPlace(path: string, content: Buffer): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    const handle = await open(unfinished, 'w', 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
