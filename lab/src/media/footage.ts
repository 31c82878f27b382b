import { createHash } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached, keyOf } from '../cache.ts';
import { runProgram } from '../run-program.ts';

/** A clip as it was put on a recorder: what the archive must hold in the end. */
export interface Footage {
  path: string;
  sizeBytes: number;
  sha256: string;
}

export interface ClipOnCard {
  path: string;
  sizeBytes: number;
  modifiedAt?: Date;
}

const encoding = [
  '-f',
  'lavfi',
  '-i',
  'testsrc2=size=640x360:rate=25',
  '-t',
  '2',
  '-pix_fmt',
  'yuv420p',
  '-f',
  'mp4',
];

/** Real video, made once. */
async function video(): Promise<Buffer> {
  const folder = await cached('footage', await keyOf(encoding, []), async (into) => {
    await runProgram('ffmpeg', ['-v', 'error', ...encoding, join(into, 'clip.mp4')]);
  });
  return readFile(join(folder, 'clip.mp4'));
}

/**
 * Writes clips below a folder: each a video that plays, brought to its size by a `free` box (ISO/IEC 14496-12, 8.1.2)
 * of bytes that no other clip has.
 */
export async function writeFootage(folder: string, clips: readonly ClipOnCard[]): Promise<Footage[]> {
  const playing = await video();
  const written: Footage[] = [];
  for (const { path, sizeBytes, modifiedAt = new Date('2026-08-04T02:00:00Z') } of clips) {
    const bytes = Buffer.concat([playing, freeBox(sizeBytes - playing.length, `${folder}/${path}`)]);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
    await utimes(join(folder, path), modifiedAt, modifiedAt);
    written.push({ path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return written;
}

function freeBox(sizeBytes: number, seed: string): Buffer {
  if (sizeBytes < 8) throw new RangeError('the clip is to be smaller than the video in it');
  const box = Buffer.alloc(sizeBytes);
  const pattern = createHash('sha512').update(seed).digest();
  for (let at = 8, block = 0; at < sizeBytes; at += pattern.length, block += 1) {
    pattern.writeUInt32LE(block, 0);
    pattern.copy(box, at);
  }
  box.writeUInt32BE(sizeBytes, 0);
  box.write('free', 4, 'latin1');
  return box;
}
