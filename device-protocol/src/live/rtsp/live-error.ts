import type { FeedEnd } from '../live-feed.ts';

/** Why a live stream could not be had. Every code says what an operator can do about it. */
export const liveErrorCodes = {
  unreachable: 'nothing answers at that address; check the address, and whether the recorder has network',
  'refused-credentials': 'the recorder wants another user name or password',
  'not-found': 'the recorder has no such stream; check the path of the URL',
  'no-usable-track':
    'the stream has no picture or sound that can be carried; set the recorder to H.264 or H.265',
  'transport-refused': 'packets can be carried neither by the connection nor by UDP',
  refused: 'the recorder refuses for now; it may serve too many others',
  protocol: 'the recorder answers with what is no RTSP; check the address and its firmware',
  'timed-out': 'the recorder did not answer in time',
} as const;

export type LiveErrorCode = keyof typeof liveErrorCodes;

/** The error of live streams. `code` decides what is done about it; `message` is for people and holds no secret. */
export class LiveError extends Error {
  readonly code: LiveErrorCode;

  constructor(code: LiveErrorCode, message: string, details: { cause?: unknown } = {}) {
    super(message, details);
    this.name = 'LiveError';
    this.code = code;
  }
}

export function isLiveError(error: unknown): error is LiveError {
  return error instanceof LiveError;
}

/** What ends a connection that had begun to serve. */
export class FeedEnded extends Error {
  readonly end: FeedEnd;

  constructor(cause: FeedEnd['cause'], detail: string) {
    super(detail);
    this.name = 'FeedEnded';
    this.end = { cause, detail };
  }
}

/** The recorder is to be asked elsewhere (RFC 2326 §10.10, §11.3). */
export class Redirection extends Error {
  readonly location: string;
  /** Only the connection goes elsewhere; what is asked for stays (305). */
  readonly isProxy: boolean;

  constructor(location: string, isProxy = false) {
    super('the recorder redirects');
    this.name = 'Redirection';
    this.location = location;
    this.isProxy = isProxy;
  }
}
