import { type Container, decodeContainer, decodeHeader, headerBytes, lengthUnknown } from './container.ts';
import type { InPipe, Received } from './in-pipe.ts';
import type { Operation } from './operations.ts';
import { isWireError, WireError } from './wire-error.ts';

/** What is waited for, and for how long. `signal` may change from one part to the next. */
export interface Waiting {
  operation: Operation;
  transaction: number;
  /** Payload that is due at most, where that is known. */
  expectedBytes: number;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Asked for at once where nobody knows how much comes. */
const stretchBytes = 512 * 1024;
/** Empty packets, and containers left over from an earlier transaction, that are borne before an answer. */
const maxStrays = 16;

/**
 * Yields the payload of the data phase, if there is one, and returns the response. Whatever still comes of an earlier
 * transaction is put aside. A recorder that ends its data early with a response is heard: the response is returned.
 * Throws WireError, UsbError.
 */
export async function* receiveAnswer(pipe: InPipe, waiting: Waiting): AsyncGenerator<Uint8Array, Container> {
  let hasData = false;
  for (let strays = 0; strays <= maxStrays; strays++) {
    const received = await next(pipe, waiting, headerBytes + waiting.expectedBytes);
    if (received.bytes.length === 0) continue;
    const header = decodeHeader(received.bytes);
    const isOurs = header.transaction === waiting.transaction;
    if (header.type === 'response') {
      if (isOurs) return decodeContainer(received.bytes);
      keepRest(pipe, received, header.lengthBytes);
    } else if (header.type === 'data') {
      const payload = receivePayload(pipe, waiting, received, header.lengthBytes);
      if (!isOurs) {
        await discard(payload);
        continue;
      }
      if (header.code !== waiting.operation.code) {
        throw new WireError('CONTAINER_CODE', `data of operation 0x${header.code.toString(16)}`);
      }
      if (hasData) throw new WireError('CONTAINER_TYPE', 'a second data container');
      hasData = true;
      const response = yield* payload;
      if (response !== null) return response;
    } else {
      throw new WireError('CONTAINER_TYPE', `a container of type ${header.type} where an answer is due`);
    }
  }
  throw new WireError(
    'CONTAINER_TYPE',
    `nothing but strays instead of an answer to ${waiting.operation.name}`,
  );
}

/** Yields the payload of one data container. Returns a response that came before its end, else `null`. */
async function* receivePayload(
  pipe: InPipe,
  waiting: Waiting,
  first: Received,
  lengthBytes: number,
): AsyncGenerator<Uint8Array, Container | null> {
  let remainingBytes = lengthBytes === lengthUnknown ? Number.POSITIVE_INFINITY : lengthBytes - headerBytes;
  let received: Received = { bytes: first.bytes.subarray(headerBytes), isEnd: first.isEnd };
  // A header may come in a transfer of its own; that does not end data of unknown length.
  let hasPayload = received.bytes.length > 0;
  let emptyPackets = 0;
  for (;;) {
    const part = received.bytes.subarray(0, remainingBytes);
    remainingBytes -= part.length;
    if (part.length > 0) yield part;
    keepRest(pipe, received, part.length);
    if (remainingBytes === 0) return null;
    if (remainingBytes === Number.POSITIVE_INFINITY && received.isEnd && hasPayload) return null;
    const isAtBorder = received.isEnd;
    received = await next(pipe, waiting, Math.min(remainingBytes, stretchBytes));
    const response = isAtBorder ? responseIn(received, waiting.transaction, remainingBytes) : null;
    if (response !== null) return response;
    hasPayload = true;
    if (received.bytes.length === 0 && ++emptyPackets > maxStrays) {
      throw new WireError('CONTAINER_TRUNCATED', `data ends ${remainingBytes} bytes early`);
    }
  }
}

/**
 * The response a transfer holds that begins where data was due. Data that looks the same in every byte would have to
 * name this transaction and its own length.
 */
function responseIn({ bytes }: Received, transaction: number, remainingBytes: number): Container | null {
  if (bytes.length < headerBytes || bytes.length === remainingBytes) return null;
  try {
    const container = decodeContainer(bytes);
    const isResponse = container.type === 'response' && container.transaction === transaction;
    const isWhole = bytes.length === headerBytes + container.parameters.length * 4;
    return isResponse && isWhole && container.code >> 12 >= 2 ? container : null;
  } catch (error) {
    if (isWireError(error)) return null;
    throw error;
  }
}

function next(pipe: InPipe, { timeoutMs, signal }: Waiting, lengthBytes: number): Promise<Received> {
  return pipe.next(lengthBytes, timeoutMs, signal);
}

function keepRest(pipe: InPipe, { bytes, isEnd }: Received, usedBytes: number): void {
  pipe.keep({ bytes: bytes.subarray(usedBytes), isEnd });
}

async function discard(payload: AsyncGenerator<Uint8Array, unknown>): Promise<void> {
  for await (const _ of payload);
}
