import { ClockPictures } from './clock-pictures.ts';
import { startGstreamerPeer } from './gstreamer-peer.ts';
import { type PeerAudio, type PeerPicture, usualPicture } from './peer-picture.ts';
import { type PeerEnd, PeerProcess } from './peer-process.ts';

export interface PushOptions extends PeerPicture {
  /** Without credentials. */
  url: string;
  /** Ends by itself after so many seconds; without end where left out. */
  seconds?: number;
}

export interface RtspPushOptions extends PushOptions {
  /** By `rtspclientsink` AAC goes as MP4A-LATM, by ffmpeg as MPEG4-GENERIC. */
  program: 'ffmpeg' | 'rtspclientsink';
  transport: 'tcp' | 'udp';
  credentials?: { userName: string; password: string };
}

/** A recorder that pushes. */
export interface Pusher {
  readonly pid: number | undefined;
  readonly ended: Promise<PeerEnd>;
  /** Ends it in good order. */
  stop(): Promise<PeerEnd>;
  /** Ends it without a word to the other side. */
  kill(): Promise<PeerEnd>;
}

type Settled = PushOptions & Required<PeerPicture>;

/** Pushes by RTSP (ANNOUNCE, RECORD). */
export function pushRtsp(options: RtspPushOptions): Pusher {
  const settled = { ...usualPicture, ...options };
  if (options.program === 'ffmpeg') {
    const url = withCredentials(options.url, options.credentials);
    return startPusher(
      'ffmpeg',
      [...ffmpegSource(settled), '-f', 'rtsp', '-rtsp_transport', options.transport, url],
      settled,
    );
  }
  const { url, transport, codec, audio, width, height, framesPerSecond, kilobitsPerSecond } = settled;
  const { framesPerKeyFrame, burntInClock, credentials = null, seconds = null } = settled;
  const picture = {
    codec,
    audio,
    width,
    height,
    framesPerSecond,
    kilobitsPerSecond,
    framesPerKeyFrame,
    burntInClock,
  };
  return startGstreamerPeer({ mode: 'push', url, transport, credentials, seconds, ...picture });
}

/** Pushes by RTMP, by ffmpeg; H.264 only, and AAC where there is sound: Debian's ffmpeg puts nothing else into FLV. */
export function pushRtmp(options: PushOptions): Pusher {
  const settled = { ...usualPicture, ...options };
  return startPusher(
    'ffmpeg',
    [...ffmpegSource(settled), '-f', 'flv', '-flvflags', 'no_duration_filesize', options.url],
    settled,
  );
}

function startPusher(program: string, programArguments: readonly string[], options: Settled): Pusher {
  const peer = new PeerProcess(program, programArguments);
  const pictures = options.burntInClock ? new ClockPictures(peer.input, options) : null;
  const timer =
    options.burntInClock && options.seconds !== undefined
      ? setTimeout(() => peer.input.end(), options.seconds * 1000)
      : undefined;
  const end = async (ending: Promise<PeerEnd>) => {
    pictures?.stop();
    clearTimeout(timer);
    return ending;
  };
  return {
    pid: peer.pid,
    ended: peer.ended.then((ended) => end(Promise.resolve(ended))),
    stop: () => end(peer.stop()),
    kill: () => end(peer.kill()),
  };
}

function ffmpegSource(options: Settled): string[] {
  const { width, height, framesPerSecond, framesPerKeyFrame, kilobitsPerSecond, seconds, burntInClock } =
    options;
  const size = `${width}x${height}`;
  const input = burntInClock
    ? [
        '-use_wallclock_as_timestamps',
        '1',
        '-f',
        'rawvideo',
        '-pix_fmt',
        'yuv420p',
        '-s',
        size,
        '-r',
        `${framesPerSecond}`,
        '-i',
        'pipe:0',
      ]
    : ['-nostdin', '-re', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${framesPerSecond}`];
  const sound = soundSource(options.audio, burntInClock);
  const coder =
    options.codec === 'h265'
      ? ['-c:v', 'libx265', '-x265-params', 'log-level=error:repeat-headers=1:pools=none']
      : ['-c:v', 'libx264'];
  return [
    '-hide_banner',
    '-loglevel',
    'error',
    ...input,
    ...sound,
    ...coder,
    ...['-preset', 'ultrafast', '-tune', 'zerolatency', '-bf', '0', '-pix_fmt', 'yuv420p', '-threads', '1'],
    ...['-g', `${framesPerKeyFrame}`, '-b:v', `${kilobitsPerSecond}k`],
    // Pictures with the time in them end with their input.
    ...(seconds === undefined || burntInClock ? [] : ['-t', `${seconds}`]),
    ...(burntInClock ? ['-shortest', '-fps_mode', 'passthrough'] : []),
  ];
}

function soundSource(audio: PeerAudio, isByWallClock: boolean): string[] {
  if (audio === 'none') return ['-an'];
  const rateHz = audio === 'aac' || audio === 'aac-latm' ? 16_000 : 8000;
  const coder = { aac: 'aac', 'aac-latm': 'aac', pcma: 'pcm_alaw', pcmu: 'pcm_mulaw' }[audio];
  const pace = isByWallClock ? ['-use_wallclock_as_timestamps', '1', '-re'] : ['-re'];
  return [
    ...pace,
    '-f',
    'lavfi',
    '-i',
    `sine=frequency=440:sample_rate=${rateHz}`,
    '-c:a',
    coder,
    '-ac',
    '1',
  ];
}

function withCredentials(url: string, credentials: RtspPushOptions['credentials']): string {
  if (credentials === undefined) return url;
  const userInfo = `${encodeURIComponent(credentials.userName)}:${encodeURIComponent(credentials.password)}`;
  return url.replace('://', `://${userInfo}@`);
}
