import { parseRtspUrl } from '@docket/device-protocol/live';

/** What a URL of this server names. */
export interface LivePath {
  /** The first part behind `/live/`: of viewers the recorder, of recorders whatever they like. */
  name: string;
  /** The URL of the stream as the client wrote it, without a slash at its end and without a user. */
  base: string;
}

const mostNameCharacters = 128;

/** `null` for what is not `rtsp://…/live/NAME`, with anything behind it. */
export function livePath(url: string): LivePath | null {
  let text: string;
  try {
    ({ text } = parseRtspUrl(url));
  } catch {
    return null;
  }
  const [base, encodedName = ''] = /^rtsp:\/\/[^/?]*\/live\/([^/?]+)/iu.exec(text) ?? [];
  if (base === undefined) return null;
  const name = decoded(encodedName);
  return name === null || name.length > mostNameCharacters ? null : { name, base };
}

/** Path and query of a URL, without a slash at its end: hosts are told by several names. */
export function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/iu, '').replace(/\/+$/u, '');
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
