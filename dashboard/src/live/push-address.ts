import type { LiveSource, LiveSourcePage } from '@docket/gateway/contract';

/** What is entered into a recorder so that it pushes. */
export interface PushAddress {
  url: string;
  /** Beside the address; RTMP carries it in the stream key. */
  userName: string | null;
  /** The password, or the whole stream key. */
  secret: string;
}

/** `null` where the dock takes no streams this way. */
export function pushAddress(
  { way, userName }: Pick<LiveSource, 'way' | 'userName'>,
  secret: string,
  host: string,
  ports: LiveSourcePage['pushPorts'],
): PushAddress | null {
  const port = way === 'push-rtmp' ? ports.rtmp : ports.rtsp;
  if (port === null) return null;
  const at = (scheme: string, usualPort: number) =>
    `${scheme}://${host}${port === usualPort ? '' : `:${port}`}`;
  return way === 'push-rtmp'
    ? { url: `${at('rtmp', 1935)}/live`, userName: null, secret: `${userName}?key=${secret}` }
    : { url: `${at('rtsp', 554)}/live/${userName}`, userName, secret };
}

/** Host and port of an address that is pulled; `null` while it is none. */
export function hostAndPort(url: string): string | null {
  const text = url.trim();
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port } = new URL(text);
  if (protocol !== 'rtsp:' || hostname === '') return null;
  return `${hostname.toLowerCase()}:${port === '' ? '554' : port}`;
}
