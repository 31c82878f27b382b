import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { v4 as uuidv4 } from 'uuid';
import { canonicalJson } from '../../custody/canonical-json.ts';
import { errnoOf } from '../../errors.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import { makeFolder, syncFolder, writeNewFile } from '../../store/durable-files.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import { placeFile } from './place-file.ts';

/** What this dock knows an archive by, from the first deposit on. */
export interface KnownArchive {
  read(): Promise<string | null>;
  write(id: string): Promise<void>;
}

const markerFile = 'archive.json';

/** A folder taken for an archive. */
export interface ArchiveFolder {
  root: string;
  /** Name of the target. */
  name: string;
  /** Where this dock's unfinished files lie, on the same file system; swept by their owner. */
  incoming: string;
  known: KnownArchive;
}

/**
 * Makes sure that a folder is the archive that was used before. A share that is not mounted is an empty folder: what was
 * put there would vanish under the mount, with its receipts. The first use marks the folder; from then on another mark, or
 * none, is refused. Throws ArchiveRefusal `unreachable`.
 */
export async function assertSameArchive(archive: ArchiveFolder): Promise<void> {
  const { root, name, known } = archive;
  const expected = await known.read();
  const found = await readMark(root);
  if (expected !== null && found === expected) return;
  if (expected === null) return known.write(found ?? (await mark(archive)));
  throw new ArchiveRefusal(
    'unreachable',
    `archive ${name}: ${root} is not the archive used before (${found === null ? `it has no ${markerFile}` : 'it carries another mark'}); is the share mounted?`,
  );
}

async function readMark(root: string): Promise<string | null> {
  let text: string;
  try {
    text = await readFile(join(root, markerFile), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  const id = idOf(text);
  if (id !== null) return id;
  throw new ArchiveRefusal(
    'unreachable',
    `${join(root, markerFile)} is no mark of an archive; where it is empty and stays so, the first use was cut off: remove it`,
  );
}

function idOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

/** Placed, which never overwrites: of two docks that mark a new archive at once, one mark stands for both. */
async function mark({ root, incoming }: ArchiveFolder): Promise<string> {
  const id = uuidv4();
  await makeFolder(incoming);
  const unfinished = join(incoming, `${id}.part`);
  try {
    await writeNewFile(unfinished, canonicalJson({ v: 1, id }));
    await placeFile(unfinished, join(root, markerFile));
    await syncFolder(root);
  } finally {
    await rm(unfinished, { force: true });
  }
  return (await readMark(root)) ?? id;
}

/** The index remembers which archive each target is. */
export function knownArchive(database: IndexDatabase, target: string): KnownArchive {
  return {
    read: async () => {
      const [row] = await database.read('SELECT archive_id FROM archive_mark WHERE target = ?', [target]);
      return row === undefined ? null : String(row.archive_id);
    },
    write: async (id) => {
      await database.write((transaction) =>
        // Probe and first clip may come at once; the mark in the folder is one, whoever wrote it.
        transaction.run(
          'INSERT INTO archive_mark (target, archive_id, first_used_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
          [target, id, new Date().toISOString()],
        ),
      );
    },
  };
}
