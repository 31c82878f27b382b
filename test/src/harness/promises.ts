import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { assertCustodyHolds, openIndexReadOnly } from './custody-check.ts';
import { archivedFile, type DockSite, exists, filesBelow, type SourceClip, sha256 } from './dock-site.ts';
import { readReceipts } from './signed-receipt.ts';

/** A clip that is no longer on its recorder must be in the archive, whole, with a signed receipt and a record that name it. */
export async function assertNothingFreedEarly(site: DockSite, truth: readonly SourceClip[]): Promise<void> {
  const receipts = await readReceipts(site);
  const records = await recordsByClip(site);
  for (const clip of truth) {
    if (await exists(join(clip.card, clip.path))) continue;
    const signed = receipts.find(
      ({ sha256: hash, sizeBytes, verified }) =>
        hash === clip.sha256 && sizeBytes === clip.sizeBytes && verified === 'readback',
    );
    expect(signed, `${clip.card}/${clip.path} is gone and has no receipt`).toBeDefined();
    const held = await Promise.all((records.get(signed?.clipId ?? '') ?? []).map(hashOf));
    expect(held, `the record of ${clip.path} is not in the archive`).toEqual([signed?.recordSha256]);
    const content = await hashOf(archivedFile(site.archive, clip.sha256));
    expect(content, `${clip.card}/${clip.path} is gone and its archive copy differs`).toBe(clip.sha256);
  }
}

/** The sealed records that the archive has of each clip. */
async function recordsByClip(site: DockSite): Promise<Map<string, string[]>> {
  const folder = join(site.archive, 'records');
  const records = new Map<string, string[]>();
  for (const file of await filesBelow(folder)) {
    if (!file.endsWith('.json')) continue;
    const clipId = basename(file, '.json');
    records.set(clipId, [...(records.get(clipId) ?? []), join(folder, file)]);
  }
  return records;
}

async function hashOf(path: string): Promise<string> {
  return sha256(await readFile(path));
}

/** Every clip is archived once, byte-equal, released once, and nothing is left over anywhere. */
export async function assertArchivedOnce(site: DockSite, truth: readonly SourceClip[]): Promise<void> {
  const hashes = [...new Set(truth.map((clip) => clip.sha256))].sort();
  const objects = await filesBelow(join(site.archive, 'clips'));
  expect(objects.map((file) => file.split('/').at(-1)).sort()).toEqual(hashes);
  for (const hash of hashes) expect(await hashOf(archivedFile(site.archive, hash))).toBe(hash);
  expect(await filesBelow(join(site.archive, 'incoming'))).toEqual([]);
  expect(await filesBelow(join(site.store, 'incoming'))).toEqual([]);
  expect((await filesBelow(site.archive)).filter((file) => file.endsWith('.part'))).toEqual([]);
  const sealed = (await filesBelow(join(site.store, 'clips'))).map((file) =>
    file.split('/').slice(0, 2).join('/'),
  );
  expect(new Set(sealed).size).toBe(truth.length);
  await assertReleasedOnce(site, truth.length);
}

async function assertReleasedOnce(site: DockSite, clips: number): Promise<void> {
  const index = await openIndexReadOnly(join(site.store, 'index.sqlite'));
  try {
    const states = await index.all('SELECT state, count(*) AS clips FROM clip GROUP BY state');
    expect(states).toEqual([{ state: 'released', clips }]);
    const releases = await index.all("SELECT clip_id FROM custody_entry WHERE action = 'released'");
    expect(releases.length).toBe(clips);
    expect(new Set(releases.map((entry) => entry.clip_id)).size).toBe(clips);
    await assertCustodyHolds(index);
  } finally {
    await index.close();
  }
}
