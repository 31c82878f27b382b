import { closeSync, constants, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordFile } from './hash-protocol.ts';

/**
 * Lays a small file in a clip's folder and makes it and the folder's entries durable, with synchronous calls, for a
 * worker: each would cost the main thread a crossing to another thread and back. Replaces what a crash left there.
 */
export function writeRecord({ folder, name, content }: RecordFile): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
  const file = openSync(join(folder, name), flags, 0o640);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const entries = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(entries);
  } finally {
    closeSync(entries);
  }
}
