import { spawn } from 'node:child_process';
import { mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { satelliteTrack } from './satellite-track.ts';

/** One file on a virtual recorder. */
export interface FootagePlan {
  /** Path below the card's root; raw bytes, for recorders write names in GBK too. */
  path: Buffer;
  kind: 'video' | 'audio' | 'photo';
  /** Start of recording by the recorder's clock, burnt into the picture. */
  startedAt: Date;
  seconds: number;
  /** Picture size, e.g. `1280x720`. */
  size: string;
  /** What is written into the picture beside the clock. */
  caption: string;
  /** UTC at which the recording truly began, where the recorder writes a satellite track beside it. */
  trackFrom?: Date;
}

const font = 'DejaVu Sans Mono';

/** Makes the file with ffmpeg: real H.264 and AAC, real JPEG. Leaves a file that is there already alone. */
export async function makeFootage(root: string, plan: FootagePlan, signal: AbortSignal): Promise<void> {
  const path = Buffer.concat([Buffer.from(`${root}/`), plan.path]);
  if (await exists(path)) return;
  await mkdir(dirname(path.toString('latin1')), { recursive: true });
  const extension = plan.kind === 'photo' ? 'jpg' : plan.kind === 'audio' ? 'm4a' : 'mp4';
  const temporary = join(root, `.making.${extension}`);
  await runFfmpeg([...argumentsFor(plan), temporary], signal);
  const endedAt = new Date(plan.startedAt.getTime() + plan.seconds * 1000);
  await utimes(temporary, endedAt, endedAt);
  if (plan.trackFrom !== undefined) {
    const track = path.toString('latin1').replace(/\.[^.]*$/u, '.nmea');
    await writeFile(track, satelliteTrack(plan.trackFrom, plan.seconds));
    await utimes(track, endedAt, endedAt);
  }
  await rename(temporary, path);
}

function argumentsFor(plan: FootagePlan): string[] {
  const { seconds } = plan;
  const sound = [
    '-f',
    'lavfi',
    '-i',
    `sine=frequency=440:beep_factor=4:sample_rate=48000:duration=${seconds}`,
  ];
  if (plan.kind === 'audio') return [...sound, '-c:a', 'aac', '-b:a', '96k'];
  const picture = [
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=${plan.size}:rate=25:duration=${seconds},${overlay(plan)}`,
  ];
  if (plan.kind === 'photo') return [...picture, '-frames:v', '1', '-q:v', '3'];
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-b:v', '6M'];
  return [...picture, ...sound, ...video, '-c:a', 'aac', '-b:a', '96k', '-movflags', '+faststart'];
}

/** The recorder's own wall clock, running, and who recorded. */
function overlay({ startedAt, caption }: FootagePlan): string {
  const seconds = Math.floor(startedAt.getTime() / 1000);
  const box = `fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=8:fontsize=h/18:font='${font}'`;
  const clock = `drawtext=text='%{pts\\:gmtime\\:${seconds}\\:%Y-%m-%d %T}':x=20:y=20:${box}`;
  const words = `drawtext=text='${caption}':x=20:y=h-th-20:${box}`;
  return `${clock},${words}`;
}

function runFfmpeg(parameters: string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...parameters], {
      signal,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`ffmpeg could not make the footage (exit ${code}): ${complaint.trim()}`));
    });
  });
}

async function exists(path: Buffer): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
