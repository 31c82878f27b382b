import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FlvReader } from '../flv-reader.ts';
import { messageOf } from './raw-rtmp.ts';

const run = promisify(execFile);

/** Writes a short film as a recorder would send it: H.264 with pictures out of order, AAC. */
export async function writeFilm(folder: string, seconds: number): Promise<string> {
  const file = join(folder, `film-${seconds}.flv`);
  await run('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-y'],
    ...['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=15:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '15', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '64k', '-f', 'flv', file],
  ]);
  return file;
}

const messageTypes = { audio: 8, video: 9, script: 18 } as const;

/** The messages by which a film is pushed. */
export async function messagesOf(film: string): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  const reader = new FlvReader(({ type, data, timeMs }) => {
    messages.push(messageOf(messageTypes[type], data, timeMs));
  });
  reader.push(await readFile(film));
  return messages;
}

export interface Coded {
  md5: string;
  /** When it is shown, from an origin of its own. */
  shownMs: number;
}

/** The coded pictures or sound of a file, as ffprobe reads them. */
export async function codedOf(file: string, kind: 'v' | 'a'): Promise<Coded[]> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', kind, '-show_packets', '-show_data_hash', 'md5'],
    ...['-show_entries', 'packet=pts_time,data_hash', '-of', 'json', file],
  ]);
  const { packets } = JSON.parse(stdout) as { packets: { pts_time: string; data_hash: string }[] };
  return packets.map(({ pts_time, data_hash }) => ({
    md5: data_hash.replace('MD5:', ''),
    shownMs: Number(pts_time) * 1_000,
  }));
}

/** The hash of a picture or sound, as ffprobe would give it of a file. */
export function md5Of(kind: 'video' | 'audio', units: readonly Buffer[]): string {
  const hash = createHash('md5');
  for (const unit of units) {
    if (kind === 'video') {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(unit.length);
      hash.update(length);
    }
    hash.update(unit);
  }
  return hash.digest('hex');
}
