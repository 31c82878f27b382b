export type PeerVideo = 'h264' | 'h265';
export type PeerAudio = 'aac' | 'aac-latm' | 'pcma' | 'pcmu' | 'none';

export interface PeerPicture {
  codec: PeerVideo;
  audio?: PeerAudio;
  /** At least 320, and divisible by 2, as the height. */
  width?: number;
  height?: number;
  framesPerSecond?: number;
  kilobitsPerSecond?: number;
  /** From one key frame to the next. */
  framesPerKeyFrame?: number;
  /** Pictures carry the time they were made at, as `clock-pattern.ts` says. */
  burntInClock?: boolean;
}

export const usualPicture = {
  audio: 'none',
  width: 320,
  height: 180,
  framesPerSecond: 10,
  kilobitsPerSecond: 300,
  framesPerKeyFrame: 10,
  burntInClock: false,
} as const satisfies Omit<Required<PeerPicture>, 'codec'>;
