import { spawnSync } from 'node:child_process';

export interface ProbedStream {
  codec: string;
  tag: string;
  /** Pictures or frames of sound that were decoded. */
  decodedFrames: number;
  widthPixels: number;
  /** When each was shown, in seconds. */
  shownSeconds: number[];
}

/** What ffprobe finds in a file when it decodes all of it; `complaints` is whatever it had to say against it. */
export function probeWhole(path: string): { complaints: string; streams: ProbedStream[] } {
  const words = ['-v', 'warning', '-count_frames', '-show_streams', '-show_frames', '-of', 'json', path];
  const run = spawnSync('ffprobe', words, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const found = JSON.parse(run.stdout === '' ? '{}' : run.stdout) as {
    streams?: Record<string, string>[];
    frames?: Record<string, string | number>[];
  };
  const streams = (found.streams ?? []).map((stream, index) => ({
    codec: String(stream.codec_name),
    tag: String(stream.codec_tag_string),
    decodedFrames: Number(stream.nb_read_frames),
    widthPixels: Number(stream.width ?? 0),
    shownSeconds: (found.frames ?? [])
      .filter((frame) => frame.stream_index === index)
      .map((frame) => Number(frame.pts_time)),
  }));
  return { complaints: run.stderr, streams };
}

/** What ffmpeg says when it decodes a file; empty where nothing is wrong with it. That G.711 names no speakers is none of it. */
export function decodeComplaints(path: string): string {
  const run = spawnSync('ffmpeg', ['-v', 'warning', '-nostdin', '-i', path, '-f', 'null', '-'], {
    encoding: 'utf8',
  });
  return run.stderr.replace(/^Guessed Channel Layout .*\n/gmu, '');
}
