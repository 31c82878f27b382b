import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Peer, Places } from './peer.ts';

/** This product, as a process of its own: one docking of the folder, until it is safe to undock. */
export function docket(name: string, program: string): Peer {
  return {
    name,
    role: 'docket',
    guarantee: {
      sourceReads: 1,
      hash: 'SHA-256 and BLAKE3 of what was read, BLAKE3 of the copy',
      fsync: 'files, record, folders, index',
      atomicName: true,
      readBack: 'media (O_DIRECT)',
      index: 'SQLite, with a custody entry for every move',
    },
    tools: [],
    stages: (places) => [
      { type: 'timed', command: [process.execPath, program, places.source, places.destination] },
    ],
    digests: digestsInStore,
  };
}

export const thisDocket = docket('Docket', besideThis('../children/dock-volume.js'));

function besideThis(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** The Docket built in another checkout. */
export function otherDocket(checkout: string): Peer {
  return docket('Docket, other checkout', join(checkout, 'bench/dist/children/dock-volume.js'));
}

/** The part of a sealed record (`clip.json`) that is looked at here. */
interface SealedRecord {
  original: { name: string };
  media: { file: string; sha256: string };
}

/** Every stored clip: its name on the recorder, its digest and its file. */
export async function* storedClips(store: string): AsyncGenerator<{
  name: string;
  sha256: string;
  path: string;
}> {
  const clips = join(store, 'clips');
  for (const day of await readdir(clips)) {
    for (const clip of await readdir(join(clips, day))) {
      const folder = join(clips, day, clip);
      const record: SealedRecord = JSON.parse(await readFile(join(folder, 'clip.json'), 'utf8'));
      yield {
        name: record.original.name,
        sha256: record.media.sha256,
        path: join(folder, record.media.file),
      };
    }
  }
}

async function digestsInStore(places: Places): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for await (const { name, sha256 } of storedClips(places.destination)) digests.set(name, sha256);
  return digests;
}
