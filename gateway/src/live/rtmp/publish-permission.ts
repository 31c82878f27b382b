import { createHash, timingSafeEqual } from 'node:crypto';
import { AttemptLimiter } from '../../http/doors/attempt-limiter.ts';
import type { PublishQuestion } from './media-server-messages.ts';

/** A recorder that may push RTMP. */
export interface RtmpPusher {
  recorderId: string;
  /** SHA-256 of its stream key, in hex. */
  keySha256: string;
}

/** `null` where no recorder pushes RTMP under the name. */
export type FindPusher = (streamName: string) => RtmpPusher | null;

export type PublishRefusalReason = 'unregistered-push' | 'credentials-refused';

export type PublishPermission =
  | { isGranted: true; recorderId: string }
  | { isGranted: false; reason: PublishRefusalReason; recorderId: string | null };

const application = 'live';

/** Says who may publish: under `live`, by the name of a registered recorder, with its key. */
export class PublishPermissions {
  readonly #findPusher: FindPusher;
  readonly #attempts = new AttemptLimiter();

  constructor(findPusher: FindPusher) {
    this.#findPusher = findPusher;
  }

  /** Whoever gave wrong keys of a recorder too often is refused for a while, with the right one too. */
  for({ app, name, key }: PublishQuestion, address: string): PublishPermission {
    const pusher = app === application ? this.#findPusher(name) : null;
    if (pusher === null) return { isGranted: false, reason: 'unregistered-push', recorderId: null };
    const { recorderId } = pusher;
    const attempt = `${address} ${recorderId}`;
    if (!this.#attempts.isBlocked(attempt)) {
      if (isKey(key, pusher.keySha256)) {
        this.#attempts.succeed(attempt);
        return { isGranted: true, recorderId };
      }
      this.#attempts.fail(attempt);
    }
    return { isGranted: false, reason: 'credentials-refused', recorderId };
  }
}

function isKey(key: string, sha256: string): boolean {
  const expected = Buffer.from(sha256, 'hex');
  const given = createHash('sha256').update(key).digest();
  return key !== '' && expected.length === given.length && timingSafeEqual(expected, given);
}
