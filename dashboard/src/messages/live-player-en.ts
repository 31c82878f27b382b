import type { livePlayerZhCN } from './live-player-zh-CN.ts';

export const livePlayerEn: typeof livePlayerZhCN = {
  label: 'Live picture of {recorder}',
  state: {
    connecting: 'Connecting',
    live: 'Live',
    interrupted: 'Interrupted, connecting again',
    resting: 'The page is not shown; nothing is received',
    unsupported: 'This browser cannot show live pictures; below are stills, renewed from time to time',
    unplayable: 'This browser does not take the pictures of this stream; tried again, below are stills',
  },
  end: {
    'no-stream': 'The recorder sends no live pictures now',
    'stream-ended': 'The stream has ended',
    'no-pictures': 'The recorder sends sound only',
    'too-many-viewers': 'Too many viewers are watching',
    'transcoding-off':
      'The recorder sends H.265, which this browser cannot show, and the dock does not transcode; below are stills',
    'too-many-transcodings':
      'All transcodings are in use; below are stills, and pictures follow when one is free',
    'transcoding-failed': 'Transcoding failed and is tried again; below are stills',
    'too-slow': 'The network does not keep up; cut off, connecting again',
    'not-admitted': 'This account may not watch',
    stopping: 'The dock is stopping',
  },
  delay: '{seconds} s behind',
  delayExplain: 'From arrival at the dock to the screen',
  transcoded: 'Transcoded from {codec}',
  behind: 'Slow network: some pictures were left out',
  soundUnplayable: 'This browser cannot play the sound; it is left out',
  soundNone: 'No sound',
  soundOn: 'Sound on',
  soundOff: 'Mute',
  fullScreen: 'Full screen',
  snapshot: 'Still picture, renewed about every {seconds} s',
  noSnapshot: 'No picture yet',
};
