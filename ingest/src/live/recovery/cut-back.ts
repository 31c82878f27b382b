import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../errors.ts';
import { mediaFileName, type StoreLayout } from '../../store/store-layout.ts';
import type { LeftSegment } from './left-segments.ts';
import { type ReadSegment, readSegment } from './segment-reader.ts';

/**
 * Reads what stands of a segment; where it was still being written, its file is cut back to the last whole part. `null` where
 * there is no file. Throws what the disk throws.
 */
export async function cutBack(layout: StoreLayout, left: LeftSegment): Promise<ReadSegment | null> {
  const { clip, start } = left;
  const folder = layout.incomingFolder(clip.clipId);
  await takeBack(layout.sealedFolder(clip.clipId), folder);
  const handle = await openIfThere(join(folder, mediaFileName(clip.name)));
  if (handle === null) return null;
  const videoTracks = start.tracks.filter(({ codec }) => codec === 'h264' || codec === 'h265');
  try {
    const found = await readSegment(handle, new Set(videoTracks.map(({ id }) => id)));
    // What was hashed already is judged by its hash, and kept as it stands.
    if (clip.state === 'recording' && found.parts > 0 && found.tornBytes > 0) {
      await handle.truncate(found.wholeBytes);
      await handle.sync();
    }
    return found;
  } finally {
    await handle.close();
  }
}

/** A crash between the rename and its commit: the folder stands in its place, the index does not know. */
async function takeBack(sealed: string, incoming: string): Promise<void> {
  try {
    await rename(sealed, incoming);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

async function openIfThere(path: string) {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
