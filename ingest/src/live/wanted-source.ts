import { randomBytes } from 'node:crypto';
import { IngestError } from '../errors.ts';
import {
  checkPullUrl,
  checkPushUserName,
  hostAndPort,
  type LiveSource,
  pushCredential,
  streamKeySha256,
} from './live-source.ts';

interface WantedBase {
  recorderId: string;
  /** Left out for a pushing recorder: as it is, else its serial number. */
  userName?: string;
  /**
   * The password, or the stream key for RTMP. Left out: as it is, and where there is none yet one is made for a pushing
   * recorder; one to pull by must be given again for another host or port. `null`: another one is made, or a pulled
   * recorder asks for none.
   */
  password?: string | null;
  isEnabled?: boolean;
}

/** How a recorder shall send. */
export type WantedSource =
  | (WantedBase & { way: 'pull-rtsp'; url: string; isAlwaysPulled?: boolean })
  | (WantedBase & { way: 'push-rtsp' | 'push-rtmp' });

/** A source as its row shall stand. */
export interface PlannedSource {
  recorderId: string;
  way: LiveSource['way'];
  url: string | null;
  userName: string;
  isEnabled: boolean;
  isAlwaysPulled: boolean;
  secret: PlannedSecret;
}

/** `as-it-is`; a password to be laid into the file (`pull`); or what the index keeps of one (`push`), told once where it was made. */
export type PlannedSecret =
  | { kind: 'as-it-is' }
  | { kind: 'pull'; password: string }
  | { kind: 'push'; kept: string; shown: string | null };

const shortestPassword = 8;

/** Throws IngestError LIVE_SOURCE_INVALID, LIVE_PASSWORD_WANTED. */
export function planSource(
  wanted: WantedSource,
  before: LiveSource | null,
  serialNumber: string,
): PlannedSource {
  const { recorderId, way, isEnabled = true } = wanted;
  const isSameWay = before?.way === way;
  if (wanted.way === 'pull-rtsp') {
    const userName = wanted.userName ?? (isSameWay ? before.userName : '');
    const { password } = wanted;
    const url = checkPullUrl(wanted.url);
    const isKept = password === undefined && isSameWay;
    if (isKept) checkSameAddress(before, url);
    return {
      recorderId,
      way,
      url,
      userName: checkPlain(userName, 'user name'),
      isEnabled,
      isAlwaysPulled: wanted.isAlwaysPulled ?? false,
      secret: isKept
        ? { kind: 'as-it-is' }
        : { kind: 'pull', password: checkPlain(password ?? '', 'password') },
    };
  }
  const userName = wanted.userName ?? (isSameWay ? before.userName : serialNumber);
  checkPushUserName(userName);
  // A hash for Digest is made of name and password: under another name it is worth nothing.
  const isKept = wanted.password === undefined && isSameWay && before.userName === userName;
  const secret: PlannedSecret = isKept
    ? { kind: 'as-it-is' }
    : pushSecret(wanted.way, userName, wanted.password ?? null);
  return { recorderId, way, url: null, userName, isEnabled, isAlwaysPulled: false, secret };
}

/** A password is never given to another than it was registered for: whoever may change an address would be told it. */
function checkSameAddress(before: LiveSource, url: string): void {
  if (before.way !== 'pull-rtsp' || before.secret === '') return;
  if (hostAndPort(before.url) === hostAndPort(url)) return;
  throw new IngestError(
    'LIVE_PASSWORD_WANTED',
    `the password is kept for ${hostAndPort(before.url)}; give it again for ${hostAndPort(url)}, or none`,
  );
}

function pushSecret(way: 'push-rtsp' | 'push-rtmp', userName: string, given: string | null): PlannedSecret {
  if (given !== null && given.length < shortestPassword) {
    throw new IngestError(
      'LIVE_SOURCE_INVALID',
      `a password or stream key has at least ${shortestPassword} characters`,
    );
  }
  const password = given === null ? randomBytes(18).toString('base64url') : checkPlain(given, 'password');
  const kept =
    way === 'push-rtsp' ? JSON.stringify(pushCredential(userName, password)) : streamKeySha256(password);
  return { kind: 'push', kept, shown: given === null ? password : null };
}

/** What goes into a header of RTSP or a name of RTMP holds no control characters. */
function checkPlain(text: string, what: string): string {
  if (text.length <= 128 && /^[^\p{Cc}\p{Cs}]*$/u.test(text)) return text;
  throw new IngestError(
    'LIVE_SOURCE_INVALID',
    `a ${what} has at most 128 characters, and no control characters`,
  );
}
