import { isAbsolute, relative, sep } from 'node:path';
import { isLoopbackName } from './loopback.ts';

/** Whether one of two folders is, or lies in, the other. */
export function overlap(left: string, right: string): boolean {
  return contains(left, right) || contains(right, left);
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Whether what is sent to an address goes encrypted, or stays on this machine; `isPlainHttpAllowed`: or in the clear. */
export function isSafeReceiver(given: string, isPlainHttpAllowed = false): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, username, password, hash } = new URL(given);
  if (username !== '' || password !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && (isPlainHttpAllowed || isLoopbackName(hostname)));
}
