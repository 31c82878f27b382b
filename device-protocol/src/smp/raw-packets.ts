import { RecorderError } from '../errors.ts';
import type { Link } from '../transport/link.ts';
import type { PacketEvent, PacketLink } from './packet-link.ts';
import { isProtocolError } from './protocol-error.ts';
import { RawStream } from './raw-stream.ts';

const pieceBytes = 1024 * 1024;

/** Bare packets one after the other, on a link that carries nothing else and loses nothing (TCP). */
export function rawPackets(link: Link): PacketLink {
  return {
    input: readPackets(link),
    pieceBytes,
    send: (packet) => link.write(packet),
    close: () => link.close(),
  };
}

async function* readPackets(link: Link): AsyncGenerator<PacketEvent> {
  const stream = new RawStream();
  try {
    for await (const chunk of link.input) {
      for (const packet of stream.push(chunk)) yield { kind: 'packet', packet };
    }
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    const text = `the stream of packets cannot be followed: ${cause.message}`;
    throw new RecorderError('PROTOCOL_VIOLATION', text, { cause });
  }
}
