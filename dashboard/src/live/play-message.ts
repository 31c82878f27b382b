import type { PlayMessage, playHeadBytes, playKinds } from '@docket/gateway/contract';

/** Typed from the contract, written here, so that the contract's schemas stay out of the bundle. */
const headBytes: typeof playHeadBytes = 20;
const kinds: typeof playKinds = { initialisation: 0, fragment: 1 };

/** A binary message of a play connection. */
export interface MediaPart {
  isInitialisation: boolean;
  track: number;
  isKeyFrame: boolean;
  mediaSeconds: number;
  /** Unix milliseconds by the gateway's clock. */
  arrivedAtMs: number;
  media: ArrayBuffer;
}

/** `null` where it is none. */
export function readMediaPart(message: ArrayBuffer): MediaPart | null {
  if (message.byteLength <= headBytes) return null;
  const head = new DataView(message, 0, headBytes);
  return {
    isInitialisation: head.getUint8(0) === kinds.initialisation,
    track: head.getUint8(1),
    isKeyFrame: (head.getUint8(2) & 1) === 1,
    mediaSeconds: head.getFloat64(4),
    arrivedAtMs: head.getFloat64(12),
    media: message.slice(headBytes),
  };
}

/** `null` where it is none that is known here. */
export function readPlayMessage(text: string): PlayMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    const isObject = typeof message === 'object' && message !== null && 'type' in message;
    return isObject ? (message as PlayMessage) : null;
  } catch {
    return null;
  }
}
