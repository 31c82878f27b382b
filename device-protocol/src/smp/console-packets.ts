import type { Link } from '../transport/link.ts';
import { encodeFrames } from './frame.ts';
import { FrameStream } from './frame-stream.ts';
import type { PacketEvent, PacketLink } from './packet-link.ts';

/** Eight seconds at 115,200 baud, with the third that Base64 adds. */
const pieceBytes = 64 * 1024;

/** Packets as console frame lines, on a link that may carry other text beside them (serial port, CDC-ACM). */
export function consolePackets(link: Link): PacketLink {
  return {
    input: readFrames(link),
    pieceBytes,
    send: async (packet) => link.write(encodeFrames(packet)),
    close: () => link.close(),
  };
}

async function* readFrames(link: Link): AsyncGenerator<PacketEvent> {
  const stream = new FrameStream();
  for await (const chunk of link.input) yield* stream.push(chunk);
}
