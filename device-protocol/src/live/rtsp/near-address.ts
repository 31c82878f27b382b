import { BlockList, isIPv6 } from 'node:net';

/** This machine, and the link it hangs on (RFC 1122 §3.2.1.3, RFC 3927, RFC 4291 §2.5). */
const near = new BlockList();
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/**
 * Whether a connection leads back to this machine, or to addresses that mean something here only: a recorder elsewhere that
 * sends us there has us open doors that it cannot open itself.
 */
export function isNear(connection: { remoteAddress: string; localAddress: string }): boolean {
  const remote = plainAddress(connection.remoteAddress);
  return (
    remote === plainAddress(connection.localAddress) || near.check(remote, isIPv6(remote) ? 'ipv6' : 'ipv4')
  );
}

/** Without zone, and an IPv4 address as such where it is written as one of IPv6. */
export function plainAddress(address: string): string {
  return address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/u, '')
    .replace(/%.*$/u, '');
}
