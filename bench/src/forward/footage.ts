import { randomFillSync } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../run-command.ts';
import type { Source } from './peers.ts';

const pieceBytes = 1024 * 1024;

/** A clip of random bytes, so that nothing on the way can make it smaller. */
export async function makeClip(path: string, sizeMib: number): Promise<void> {
  const handle = await open(path, 'wx');
  const piece = Buffer.alloc(pieceBytes);
  for (let written = 0; written < sizeMib; written += 1) await handle.write(randomFillSync(piece));
  await handle.close();
}

/** Clips in a folder, and taken into a store by the whole product. */
export async function makeSource(root: string, names: readonly string[], sizeMib: number): Promise<Source> {
  const source = { folder: join(root, 'clips'), store: join(root, 'store'), notes: join(root, 'notes') };
  await mkdir(source.folder, { recursive: true });
  await mkdir(source.notes);
  for (const name of names) await makeClip(join(source.folder, name), sizeMib);
  const program = fileURLToPath(new URL('../children/dock-volume.js', import.meta.url));
  await runCommand([process.execPath, program, source.folder, source.store]);
  return source;
}

/** The same source with a store of its own, in which nothing was forwarded yet. */
export async function freshStore(source: Source, root: string, number: number): Promise<Source> {
  const store = join(root, `store-${number}`);
  await runCommand(['cp', '-a', source.store, store]);
  return { ...source, store };
}
