import type { IncomingHttpHeaders } from 'node:http';
import { hostNameOf } from './host-name.ts';

/**
 * Whether a request was made by a page of another origin. Browsers say so in `Sec-Fetch-Site` (not sent over plain
 * HTTP to other machines) and in `Origin`; whatever sends neither is no browser, or an address typed by a person.
 * Another port of the same machine is `same-site`, and just as foreign.
 */
export function isCrossSite(headers: IncomingHttpHeaders, trustedHosts: readonly string[]): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin } = headers;
  return origin !== undefined && !isOwnOrigin(origin, headers.host, trustedHosts);
}

function isOwnOrigin(origin: string, host: string | undefined, trustedHosts: readonly string[]): boolean {
  const match = /^https?:\/\/(.+)$/iu.exec(origin);
  const authority = match?.[1]?.toLowerCase();
  if (authority === undefined) return false;
  if (authority === host?.toLowerCase()) return true;
  const name = hostNameOf(authority);
  return trustedHosts.some((trusted) => trusted.toLowerCase() === name);
}

/** A person following a link from elsewhere to the page itself: the only cross-site request that is let in. */
export function isPageVisit(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'GET' &&
    headers.origin === undefined &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}
