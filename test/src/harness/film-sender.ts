import { execFileSync } from 'node:child_process';
import { PeerProcess } from '@docket/device-protocol/live-peers';
import type { NetworkNamespace } from './network-namespace.ts';

export const framesPerSecond = 10;

/** Makes a small film, a key frame each second, to be sent again and again without coding it anew. */
export function makeFilm(file: string, codec: 'libx264' | 'libx265', seconds: number): string {
  const coder = codec === 'libx265' ? ['-x265-params', 'log-level=error:repeat-headers=1'] : [];
  execFileSync('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${framesPerSecond}`],
    ...['-t', `${seconds}`, '-c:v', codec, ...coder, '-preset', 'ultrafast', '-bf', '0'],
    ...['-pix_fmt', 'yuv420p', '-g', `${framesPerSecond}`, file],
  ]);
  return file;
}

export interface FilmSending {
  film: string;
  url: string;
  by: 'rtsp-tcp' | 'rtsp-udp' | 'rtmp';
  /** Over and over, until it is ended. */
  isEndless?: boolean;
  /** The network it stands in, where that is not ours. */
  network?: NetworkNamespace;
}

/** A recorder that pushes a film at its pace, by ffmpeg, without coding it. */
export function sendFilm({ film, url, by, isEndless = false, network }: FilmSending): PeerProcess {
  const format = by === 'rtmp' ? ['-f', 'flv'] : ['-f', 'rtsp', '-rtsp_transport', by.slice(5)];
  const parameters = [
    ...['-nostdin', '-v', 'error', '-re', ...(isEndless ? ['-stream_loop', '-1'] : [])],
    ...['-i', film, '-c', 'copy', ...format, url],
  ];
  const start = network?.inside('ffmpeg', parameters) ?? { command: 'ffmpeg', parameters };
  return new PeerProcess(start.command, start.parameters);
}
