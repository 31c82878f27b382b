/** Offers a simulated device as a USB device to whoever speaks usbredir: QEMU, or our own host side. */

import { once } from 'node:events';
import { lstat, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import type { SimulatedUsbDevice } from '../simulated-usb-device.ts';
import { DeviceSession } from './device-session.ts';

/** A unix socket, or TCP. */
export type RedirAddress = { path: string } | { host: string; port: number };

/** A device on offer. */
export interface RedirPlug {
  /** Where it is; with the port that was found where 0 was asked for. */
  readonly address: RedirAddress;
  /** Pulls the plug and stops. */
  unplug(): Promise<void>;
  /** Resolves when the device has left for good: unplugged by itself, by `unplug`, or (connected) by the host's closing. */
  readonly left: Promise<void>;
}

/**
 * Plugs a device into a host that listens, e.g. QEMU's `-chardev socket,server=on,wait=off` with
 * `-device usb-redir,chardev=…`. Throws what connecting throws.
 */
export async function connectUsbRedir(device: SimulatedUsbDevice, address: RedirAddress): Promise<RedirPlug> {
  const socket = connect(address);
  await once(socket, 'connect');
  let isOver = () => {};
  const left = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  const session = new DeviceSession(socket, device, { hostLeft: isOver, deviceLeft: isOver });
  const unplug = async () => {
    session.unplug();
    await left;
  };
  return { address, unplug, left };
}

/** A host may connect a moment before the one before it was heard to leave; longer than this it is not kept waiting. */
const patienceMs = 2_000;

/**
 * Waits for a host to connect, one at a time; each one that does finds the device plugged in anew. A stale unix
 * socket at the path is replaced. Throws what listening throws.
 */
export async function startUsbRedirServer(
  device: SimulatedUsbDevice,
  address: RedirAddress,
): Promise<RedirPlug> {
  let session: DeviceSession | null = null;
  const waiting = new Set<Socket>();
  const begin = (socket: Socket) => {
    session = new DeviceSession(socket, device, {
      hostLeft: () => {
        session = null;
        const [next] = waiting;
        if (next === undefined) return;
        waiting.delete(next);
        begin(next.resume());
      },
      deviceLeft: () => {
        server.close();
        for (const socket of waiting) socket.destroy();
      },
    });
  };
  const server = createServer({ pauseOnConnect: true }, (socket: Socket) => {
    if (session === null) return begin(socket.resume());
    waiting.add(socket);
    socket.on('error', () => {});
    const refuse = () => {
      if (waiting.delete(socket)) socket.destroy();
    };
    setTimeout(refuse, patienceMs).unref();
    socket.once('close', refuse);
  });
  if ('path' in address) await removeStaleSocket(address.path);
  server.listen(address);
  await once(server, 'listening');
  const left = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const unplug = async () => {
    server.close();
    session?.unplug();
    await left;
  };
  const bound = server.address();
  const isTcp = 'port' in address && typeof bound === 'object' && bound !== null;
  return { address: isTcp ? { host: address.host, port: bound.port } : address, unplug, left };
}

/** Only ever a socket: whatever else stands at the path is not ours to remove, and listening fails. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket()) await rm(path, { force: true });
}
