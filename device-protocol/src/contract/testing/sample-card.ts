import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Bytes that differ from clip to clip and from place to place. */
function footage(sizeBytes: number, seed: number): Uint8Array {
  let state = seed * 2_654_435_761 + 1;
  return Uint8Array.from({ length: sizeBytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

export interface SampleCard {
  directory: string;
  /** What each clip holds, by its path in hex. */
  known: ReadonlyMap<string, Uint8Array>;
  remove(): Promise<void>;
}

/** A card with clips of telling lengths; the longest is `longestBytes` long. */
export async function sampleCard(longestBytes: number): Promise<SampleCard> {
  const directory = await mkdtemp(join(tmpdir(), 'card-'));
  const clips: [Buffer, number][] = [
    [Buffer.from('DCIM/100MEDIA/A0001.MP4'), 1],
    [Buffer.from('DCIM/100MEDIA/A0002.MP4'), 4096],
    [Buffer.from('DCIM/100MEDIA/证据_IMP.MP4'), 70_001],
    // 取证.mp4 in GBK.
    [Buffer.concat([Buffer.from('DCIM/'), Buffer.from('c8a1d6a42e6d7034', 'hex')]), 2048],
    [Buffer.from('DCIM/LONG.MP4'), longestBytes],
  ];
  const known = new Map<string, Uint8Array>();
  for (const [index, [path, sizeBytes]] of clips.entries()) {
    const bytes = footage(sizeBytes, index);
    const file = Buffer.concat([Buffer.from(`${directory}/`), path]);
    await mkdir(dirname(file.toString('latin1')), { recursive: true });
    await writeFile(file, bytes);
    known.set(path.toString('hex'), bytes);
  }
  return { directory, known, remove: () => rm(directory, { recursive: true, force: true }) };
}
