import { createHash } from 'node:crypto';
import type { LiveWay } from '@docket/device-protocol/live';
import { IngestError } from '../errors.ts';

/** What a pushing recorder proves itself with by Digest, for the realm `docket`: RFC 2617 §3.2.2.2, RFC 7616 §3.4.2. */
export interface PushCredential {
  /** MD5 of `user:docket:password`, lower-case hex. */
  ha1: string;
  /** SHA-256 of the same. */
  ha1Sha256: string;
}

interface SourceBase {
  recorderId: string;
  isEnabled: boolean;
  /** Another text where anything of the source has changed. */
  version: string;
  changedBy: string;
  changedAt: string;
}

/** A recorder that offers its stream. */
export interface PullSource extends SourceBase {
  way: 'pull-rtsp';
  /** Without user or password. */
  url: string;
  /** Empty where the recorder asks for none. */
  userName: string;
  /** The password; empty where there is none, or the file of secrets was lost. */
  secret: string;
  /** Pulled whether an operation wants it or not. */
  isAlwaysPulled: boolean;
}

/** A recorder that sends RTSP to the dock by itself. */
export interface PushRtspSource extends SourceBase {
  way: 'push-rtsp';
  url: null;
  userName: string;
  secret: PushCredential;
  isAlwaysPulled: false;
}

/** A recorder that sends RTMP to the dock by itself. */
export interface PushRtmpSource extends SourceBase {
  way: 'push-rtmp';
  url: null;
  userName: string;
  /** SHA-256 of the stream key, lower-case hex. */
  secret: string;
  isAlwaysPulled: false;
}

/** How a registered recorder sends. */
export type LiveSource = PullSource | PushRtspSource | PushRtmpSource;
export type PushSource = PushRtspSource | PushRtmpSource;

/** The realm of our own challenges (RFC 7235 §2.2). */
export const liveRealm = 'docket';

export function pushCredential(userName: string, password: string): PushCredential {
  const text = `${userName}:${liveRealm}:${password}`;
  return {
    ha1: createHash('md5').update(text).digest('hex'),
    ha1Sha256: createHash('sha256').update(text).digest('hex'),
  };
}

export function streamKeySha256(streamKey: string): string {
  return createHash('sha256').update(streamKey).digest('hex');
}

const pushUserName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;
const hostName = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])$/u;
const longestUrl = 1_024;
/** Names under which recorders take a password in the address itself. */
const secretParameter = /(?:^|[?&;/])(?:pass(?:word|wd)?|pwd|token|secret)=[^&;/]/iu;

/** Throws IngestError LIVE_SOURCE_INVALID. */
export function checkPushUserName(userName: string): void {
  if (!pushUserName.test(userName)) {
    throw new IngestError(
      'LIVE_SOURCE_INVALID',
      'a user name has up to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit',
    );
  }
}

/**
 * The address of a stream to pull in its plain form. RTSP over TLS is not spoken; what logs in stands beside the address
 * and never in it, for addresses are shown. Throws IngestError LIVE_SOURCE_INVALID.
 */
export function checkPullUrl(text: string): string {
  const refuse = (why: string) => new IngestError('LIVE_SOURCE_INVALID', why);
  if (text.length > longestUrl) throw refuse(`an address has at most ${longestUrl} characters`);
  if (!/^[\u0021-\u007e]+$/u.test(text))
    throw refuse('an address holds no white space and no control characters');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'rtsp:') throw refuse('the address must begin with rtsp://');
  if (url.username !== '' || url.password !== '' || text.includes('@'))
    throw refuse('user and password stand beside the address, not in it');
  if (!hostName.test(url.hostname)) throw refuse('the address names no host');
  if (url.port === '0') throw refuse('port 0 is no port');
  if (url.hash !== '') throw refuse('an address has no fragment');
  if (secretParameter.test(`${url.pathname}${url.search}`))
    throw refuse('the address holds a password; give it as the password instead');
  return url.href;
}

/** What a password to pull is given to: host and port of an address in its plain form (RFC 2326 §3.2: 554 where it names none). */
export function hostAndPort(pullUrl: string): string {
  const { hostname, port } = new URL(pullUrl);
  return `${hostname.toLowerCase()}:${port === '' ? '554' : port}`;
}

export function isPush(source: LiveSource): source is PushSource {
  return (source.way satisfies LiveWay) !== 'pull-rtsp';
}
