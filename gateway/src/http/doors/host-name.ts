import { isLoopbackName } from '../../config/index.ts';

/** The host name of a `Host` header or an origin's authority, lower case and without port; `null` if malformed. */
export function hostNameOf(authority: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+)(?::\d{1,5})?$/iu.exec(authority ?? '');
  return match?.[1]?.toLowerCase() ?? null;
}

/**
 * Whether a request without any token may be taken for the local operator's. A page of another site can make its own
 * name resolve to this machine (DNS rebinding), but it cannot choose what the browser writes into `Host`.
 */
export function isTrustedHost(hostHeader: string | undefined, trustedHosts: readonly string[]): boolean {
  const name = hostNameOf(hostHeader);
  if (name === null) return false;
  return isLoopbackName(name) || trustedHosts.some((trusted) => trusted.toLowerCase() === name);
}
