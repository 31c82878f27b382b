import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FlvReader, type FlvTag } from '../flv-reader.ts';
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

/** The same in H.265, named by four letters: Enhanced RTMP. */
export async function writeH265Film(ffmpeg: string, folder: string, seconds: number): Promise<string> {
  const file = join(folder, `film-h265-${seconds}.flv`);
  await run(ffmpeg, [
    ...['-v', 'error', '-nostdin', '-y'],
    ...['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=15:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${seconds}`],
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:pools=1'],
    ...['-bf', '2', '-g', '15', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '64k', '-f', 'flv', file],
  ]);
  return file;
}

/** The tags of a film. */
export async function tagsOf(film: string): Promise<FlvTag[]> {
  const tags: FlvTag[] = [];
  const reader = new FlvReader((tag) => tags.push(tag));
  reader.push(await readFile(film));
  return tags;
}

/** A tag of H.265 as older Chinese recorders write it, from one that ffmpeg wrote. */
export function asCodec12({ type, timeMs, data }: FlvTag): FlvTag {
  const [sequenceStart, codedFrames] = [0, 1];
  const packetType = data.readUInt8(0) & 0x0f;
  if (type !== 'video' || data.toString('latin1', 1, 5) !== 'hvc1') return { type, timeMs, data };
  const head = Buffer.of((data.readUInt8(0) & 0x70) | 12, packetType === sequenceStart ? 0 : 1, 0, 0, 0);
  if (packetType === codedFrames) data.copy(head, 2, 5, 8);
  if (packetType === 2) head[1] = 2;
  return { type, timeMs, data: Buffer.concat([head, data.subarray(packetType === codedFrames ? 8 : 5)]) };
}

const messageTypes = { audio: 8, video: 9, script: 18 } as const;

/** The messages by which a film is pushed. */
export async function messagesOf(film: string): Promise<Buffer[]> {
  return (await tagsOf(film)).map(messageFrom);
}

export function messageFrom({ type, data, timeMs }: FlvTag): Buffer {
  return messageOf(messageTypes[type], data, timeMs);
}

export interface Coded {
  md5: string;
  /** When it is shown, from an origin of its own. */
  shownMs: number;
}

/** The coded pictures or sound of a file, as ffmpeg reads them. */
export async function codedOf(file: string, kind: 'v' | 'a', ffmpeg = 'ffmpeg'): Promise<Coded[]> {
  const { stdout } = await run(ffmpeg, [
    ...['-v', 'error', '-nostdin', '-i', file, '-map', `0:${kind}`, '-c', 'copy', '-copyts'],
    ...['-f', 'framehash', '-hash', 'md5', '-'],
  ]);
  const [, rate = '1/1'] = /^#tb 0: (.*)$/mu.exec(stdout) ?? [];
  const [ticks = 1, perSecond = 1] = rate.split('/').map(Number);
  return stdout
    .split('\n')
    .filter((line) => /^\d/u.test(line))
    .map((line) => line.split(',').map((column) => column.trim()))
    .map((columns) => ({
      md5: columns[5] ?? '',
      shownMs: (Number(columns[2]) * ticks * 1_000) / perSecond,
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
