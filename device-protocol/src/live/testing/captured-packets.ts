import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';

/** One datagram as it came, with its time on our clock. */
export interface CapturedPacket {
  packet: Buffer;
  atMs: number;
}

/**
 * The RTP datagrams that a program sends to a UDP port of ours until it ends of its own accord. `commandFor` makes its
 * command line for the port. Throws where the program fails.
 */
export async function capturePackets(commandFor: (port: number) => string): Promise<CapturedPacket[]> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  try {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address() as AddressInfo;
    const captured: CapturedPacket[] = [];
    const last = receiveUntil(socket, `the last of ${port}`, captured);
    await run(commandFor(port));
    // What came over loopback lies in order: behind this one nothing of the program is left.
    socket.send(`the last of ${port}`, port, '127.0.0.1');
    await last;
    return captured;
  } finally {
    socket.close();
  }
}

function receiveUntil(socket: Socket, last: string, captured: CapturedPacket[]): Promise<void> {
  return new Promise((resolve) => {
    socket.on('message', (packet) => {
      if (packet.toString('latin1') === last) resolve();
      else captured.push({ packet, atMs: performance.timeOrigin + performance.now() });
    });
  });
}

/** Runs a command of the shell; its output is only told where it fails. */
async function run(command: string): Promise<void> {
  const child = spawn('sh', ['-c', `exec ${command}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${(await texts).join('\n')}`);
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text = (text + chunk).slice(-4000);
  return text;
}
