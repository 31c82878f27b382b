import { fileURLToPath } from 'node:url';
import { PeerProcess } from './peer-process.ts';

/** The bindings belong to the distribution's own Python. */
const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../../../src/live/peers/gstreamer_peer.py', import.meta.url));

/**
 * Starts the script that stands beside this file; it says what it takes. Nothing is looked up on the network. `within` are
 * the words before its command, such as those that put it into a network of its own.
 */
export function startGstreamerPeer(
  options: Record<string, unknown>,
  within: readonly string[] = [],
): PeerProcess {
  const [program = python, ...words] = [...within, python, script, JSON.stringify(options)];
  return new PeerProcess(program, words, { GIO_USE_PROXY_RESOLVER: 'dummy' });
}
