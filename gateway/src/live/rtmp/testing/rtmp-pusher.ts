import { type LongTool, startLongTool } from '../../long-tool.ts';

export interface PusherOptions {
  film: string;
  url: string;
  /** Sends it over and over. */
  isEndless?: boolean;
  /** Default: that of the distribution. */
  ffmpeg?: string;
  signal: AbortSignal;
}

/** ffmpeg as a recorder that pushes RTMP, at the pace of the film. */
export function startPusher({
  film,
  url,
  isEndless = false,
  ffmpeg = 'ffmpeg',
  signal,
}: PusherOptions): LongTool {
  const loop = isEndless ? ['-stream_loop', '-1'] : [];
  return startLongTool({
    command: ffmpeg,
    arguments: ['-nostdin', '-v', 'error', '-re', ...loop, '-i', film, '-c', 'copy', '-f', 'flv', url],
    graceMs: 500,
    signal,
  });
}
