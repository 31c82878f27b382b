import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isStored } from '../clip/clip-states.ts';
import { canonicalJson } from '../custody/canonical-json.ts';
import { listCustody } from '../custody/custody-queries.ts';
import { appendLeaf, emptyFrontier, leafHash } from '../custody/merkle-tree.ts';
import type { TestDock } from './test-dock.ts';

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/**
 * Checks what must hold whatever happened: the store holds exactly the clips the index says it holds, each with the
 * bytes its hash names and the record its hash names, of a deleted one record and certificate; nothing else lies there;
 * and the custody log is whole.
 */
export async function expectSoundStore(dock: TestDock): Promise<void> {
  const expected: string[] = [];
  for (const clip of await dock.clips()) {
    if (clip.state === 'deleted') {
      const folder = dock.ingest.layout.sealedFolder(clip.clipId);
      expected.push(join(folder, 'clip.json'), join(folder, 'deletion.json'));
      continue;
    }
    if (!isStored(clip.state)) {
      expect(clip).toMatchObject({ storePath: null });
      continue;
    }
    const media = dock.ingest.layout.mediaFile(clip.clipId, clip.name);
    if (clip.localRemovedAt === null) {
      const bytes = await readFile(media);
      expect(sha256(bytes)).toBe(clip.sha256);
      expect(bytes.length).toBe(clip.sizeBytes);
      expected.push(media);
    }
    const recordFile = join(media, '..', 'clip.json');
    const record = await readFile(recordFile, 'utf8');
    expect(sha256(record)).toBe(clip.recordSha256);
    expect(canonicalJson(JSON.parse(record))).toBe(record);
    expect(JSON.parse(record)).toMatchObject({
      clipId: clip.clipId,
      original: { pathBase64: clip.pathBytes.toString('base64') },
      media: { sha256: clip.sha256, blake3: clip.blake3, sizeBytes: clip.sizeBytes },
    });
    expected.push(recordFile);
  }
  const { clips, incoming } = dock.ingest.layout;
  const found = (await filesBelow(clips)).map((file) => join(clips, file));
  expect(found).toEqual(expected.sort());
  expect(await readdir(incoming)).toEqual([]);
  await expectSoundCustody(dock);
}

async function expectSoundCustody(dock: TestDock): Promise<void> {
  const { entries } = await listCustody(dock.ingest.database, { after: null, limit: 100_000 });
  let frontier = emptyFrontier;
  for (const [index, entry] of entries.entries()) {
    expect(entry.sequence).toBe(index);
    const appended = appendLeaf(frontier, leafHash(Buffer.from(entry.entry)));
    expect(entry.rootHash).toBe(appended.rootHash.toString('hex'));
    frontier = appended.frontier;
  }
  expect(dock.ingest.custody.size).toBe(entries.length);
}
