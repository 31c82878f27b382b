import { RtspProtocolError } from './protocol-error.ts';

/** Where to connect and what to ask for (RFC 2326 §3.2). Holds no user name and no password. */
export interface RtspUrl {
  host: string;
  port: number;
  /** As it stands in a request. */
  text: string;
}

export const usualRtspPort = 554;
const mostUrlCharacters = 2048;

/**
 * Parses an rtsp: URL; a user name and a password in it are left out. Throws RtspProtocolError for any other scheme and
 * for what is no URL; the message does not repeat it.
 */
export function parseRtspUrl(text: string): RtspUrl {
  const bare = withoutUserInfo(text.trim());
  if (bare.length > mostUrlCharacters || !URL.canParse(bare)) throw new RtspProtocolError('that is no URL');
  const url = new URL(bare);
  if (url.protocol.toLowerCase() !== 'rtsp:' || url.hostname === '')
    throw new RtspProtocolError('only rtsp: URLs with a host are spoken here');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/u, '$1'),
    port: url.port === '' ? usualRtspPort : Number(url.port),
    text: url.href.replace(/#.*$/u, ''),
  };
}

/** User name and password of a URL, percent-decoded; `null` where it names no user. */
export function credentialsInUrl(text: string): { userName: string; password: string } | null {
  const [, userInfo] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)@/iu.exec(text.trim()) ?? [];
  if (userInfo === undefined || userInfo === '') return null;
  const colon = userInfo.indexOf(':');
  const userName = colon < 0 ? userInfo : userInfo.slice(0, colon);
  return { userName: decoded(userName), password: colon < 0 ? '' : decoded(userInfo.slice(colon + 1)) };
}

/**
 * A URL as it may be logged and shown: no user name, no password, no values of its query, and no password where
 * recorders put it in the path. Rather too little is left than too much.
 */
export function redactUrl(text: string): string {
  return text
    .slice(0, mostUrlCharacters)
    .replace(/^([a-z][a-z\d+.-]*:\/\/).*@/isu, '$1')
    .replace(/([?&;][^=&;#\s]*)=[^&;#\s]*/gu, '$1=***')
    .replace(/(pass|passwd|password|pwd|token|key|secret)=[^&;/#\s]*/giu, '$1=***')
    .replace(/[^!-~]/gu, '?');
}

function withoutUserInfo(text: string): string {
  // Up to the last @ before the path: passwords with a bare @ are met in the field.
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/iu, '$1');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
