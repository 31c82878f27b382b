import { playHeadBytes, playKinds } from '../../contract/index.ts';

/** Media on its way to viewers, made once for all of them. */
export interface MediaMessage {
  track: number;
  isKeyFrame: boolean;
  /** With its head, ready to be sent. */
  bytes: Buffer;
}

export interface MediaPart {
  kind: keyof typeof playKinds;
  track: number;
  isKeyFrame: boolean;
  mediaSeconds: number;
  arrivedAtMs: number;
}

/** Puts the head before the media, as the contract says. */
export function mediaMessage(part: MediaPart, media: Buffer): MediaMessage {
  // Not of memory that others share: kept, it would keep theirs.
  const bytes = Buffer.allocUnsafeSlow(playHeadBytes + media.length);
  bytes.writeUInt8(playKinds[part.kind], 0);
  bytes.writeUInt8(part.track, 1);
  bytes.writeUInt8(part.isKeyFrame ? 1 : 0, 2);
  bytes.writeUInt8(0, 3);
  bytes.writeDoubleBE(part.mediaSeconds, 4);
  bytes.writeDoubleBE(part.arrivedAtMs, 12);
  media.copy(bytes, playHeadBytes);
  return { track: part.track, isKeyFrame: part.isKeyFrame, bytes };
}
