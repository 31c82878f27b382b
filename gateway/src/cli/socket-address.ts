import { resolve } from 'node:path';

/** `host:port` as it stands on a command line, an IPv6 address in brackets; `null` where it is none. */
export function hostAndPort(text: string): { host: string; port: number } | null {
  const parts = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<host>[^:\s]+)):(?<port>\d{1,5})$/u.exec(text)?.groups;
  const port = Number(parts?.port);
  const host = parts?.six ?? parts?.host;
  return host === undefined || port > 65_535 ? null : { host, port };
}

/** `unix:/path` or `tcp:host:port`; `null` where it is neither. */
export function socketAddress(text: string): { path: string } | { host: string; port: number } | null {
  if (text.startsWith('unix:') && text.length > 5) return { path: resolve(text.slice(5)) };
  return text.startsWith('tcp:') ? hostAndPort(text.slice(4)) : null;
}
