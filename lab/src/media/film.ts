import { runProgram } from '../run-program.ts';

export interface FilmOptions {
  codec: 'libx264' | 'libx265';
  seconds: number;
  /** Degrees round the circle of colours: films of another hue have no picture in common. */
  hue: number;
}

const framesPerSecond = 8;

/** Writes a film as a recorder would: a key frame a second, with AAC. It is what is streamed, and what stands on the card. */
export async function writeFilm(file: string, { codec, seconds, hue }: FilmOptions): Promise<void> {
  const keyFrames = `keyint=${framesPerSecond}:min-keyint=${framesPerSecond}:scenecut=0:bframes=0`;
  const parameters =
    codec === 'libx264' ? ['-x264-params', keyFrames] : ['-x265-params', `${keyFrames}:log-level=1`];
  await runProgram('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${framesPerSecond}`],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=16000', '-t', `${seconds}`],
    ...['-vf', `hue=h=${hue}`, '-pix_fmt', 'yuv420p', '-c:v', codec, '-preset', 'ultrafast', ...parameters],
    ...['-b:v', '150k', '-c:a', 'aac', '-b:a', '24k', '-movflags', '+faststart', file],
  ]);
}
