import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type S3Peer, S3Reader } from '@docket/ingest/archive-peers';
import { openIndexReadOnly } from './custody-check.ts';
import { type DockSite, exists, type SourceClip, sha256 } from './dock-site.ts';

/** The object store a dock under test archives to, and what lies there, seen with a program that is not ours. */
export class ArchiveStore {
  readonly bucket: string;
  readonly reader: S3Reader;
  readonly #user: S3Peer['user'];

  constructor(peer: S3Peer, bucket: string) {
    this.bucket = bucket;
    this.reader = new S3Reader(peer);
    this.#user = peer.user;
  }

  /** Makes it the only archive of a dock, reached at an address that may be that of a line before it. */
  archiveOf(site: DockSite, endpoint: string, change: Record<string, unknown> = {}): void {
    const target = {
      name: 'centre',
      endpoint,
      bucket: this.bucket,
      isPlainHttpAllowed: true,
      isPathStyle: true,
      ...this.#user,
      retention: 'none',
      isWormRequired: false,
      partBytes: 5 * 1024 * 1024,
      parallelParts: 1,
      idleTimeoutMs: 5000,
      ...change,
    };
    site.assignments = [
      ...site.assignments.filter((one) => !one.startsWith('archive.directory.path=')),
      `archive.s3=${JSON.stringify([target])}`,
    ];
  }

  /** Lays out what lies there as a directory archive lies, so that the same is asked of it. */
  async copyTo(site: DockSite): Promise<void> {
    await rm(site.archive, { recursive: true, force: true });
    for (const [key, bytes] of await this.reader.objects(this.bucket)) {
      const file = join(site.archive, key);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
  }

  /** What is gone from a recorder lies here, byte for byte, whatever happened before. */
  async freedTooEarly(truth: readonly SourceClip[]): Promise<string[]> {
    const early: string[] = [];
    for (const { card, path, sha256: hash } of truth) {
      if (await exists(join(card, path))) continue;
      const key = `clips/${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}`;
      const held = await this.reader.read(this.bucket, key);
      if (held === null || sha256(held) !== hash) early.push(path);
    }
    return early;
  }

  close(): void {
    this.reader.close();
  }
}

/** How many clips of a store are in each state; empty before there is an index. */
export async function clipStates(store: string): Promise<Record<string, number>> {
  const file = join(store, 'index.sqlite');
  if (!(await exists(file))) return {};
  const index = await openIndexReadOnly(file);
  try {
    const rows = await index.all('SELECT state, count(*) AS clips FROM clip GROUP BY state');
    return Object.fromEntries(rows.map(({ state, clips }) => [String(state), Number(clips)]));
  } catch (error) {
    // Asked while the tables are made.
    if (String(error).includes('no such table')) return {};
    throw error;
  } finally {
    await index.close();
  }
}

/** Clips no archive will get by itself any more. */
export async function deadLetters(store: string): Promise<number> {
  const index = await openIndexReadOnly(join(store, 'index.sqlite'));
  try {
    const [row] = await index.all("SELECT count(*) AS clips FROM forward WHERE state = 'dead'");
    return Number(row?.clips);
  } finally {
    await index.close();
  }
}
