import type { Operation } from '../../mtp/operations.ts';

/** A command the recorder understood. */
export interface SimulatedCommand {
  operation: Operation;
  transaction: number;
  /** In the order of the operation's row; 0 for those left out. */
  parameters: readonly number[];
  /** What the host sent in the data phase. */
  payload: Uint8Array;
}

/** What is sent in a data phase: asked for piece by piece, so that an object needs no room. */
export interface Payload {
  sizeBytes: number;
  /** Where in an object the payload begins; 0 for datasets. */
  positionBytes: number;
  read(positionBytes: number, lengthBytes: number): Promise<Uint8Array>;
}

/** How an answer crosses the wire; everything is as the standard has it unless said otherwise. */
export interface Delivery {
  delayMs: number;
  /** Neither data nor response is sent. */
  isDropped: boolean;
  /** The data is sent, the response is not. */
  isResponseDropped: boolean;
  /** The header of the data goes in a transfer of its own. */
  isHeaderApart: boolean;
  /** Data that fills its last packet is not followed by an empty one. */
  isEmptyPacketLeftOut: boolean;
  /** Length field of the data container. */
  claimedLengthBytes: number | null;
  /** Transaction ids of data and response are this much too high. */
  transactionShift: number;
  /** Type field of the data container and of the response. */
  dataType: number;
  responseType: number;
  /** The data ends after so many bytes of its payload, and the response follows. */
  endsAfterBytes: number | null;
  /** The pipe stalls after so many bytes of the payload, without a response. */
  stallsAfterBytes: number | null;
  /** The recorder leaves the bus after so many bytes of the payload. */
  unplugsAfterBytes: number | null;
  /** At most so many bytes a second; 0 for no limit. */
  bytesPerSecond: number;
  /** Last touch to a piece of the payload, by its position in the payload. */
  alter: ((bytes: Uint8Array, positionBytes: number) => Uint8Array) | null;
}

/** What the recorder is about to send back. */
export interface Reply {
  response: number;
  parameters: readonly number[];
  data: Payload | null;
  delivery: Delivery;
}

/** What a behaviour can do to the recorder beside answering. */
export interface Plug {
  unplug(): void;
  /** Sends an event on the interrupt pipe. */
  emit(event: number, ...parameters: number[]): void;
}

/**
 * A fault, as a step in front of the recorder's own handling: it may answer by itself, or call `answer` for what
 * the recorder (and the behaviours behind this one) would say and change that.
 */
export type Behaviour = (
  command: SimulatedCommand,
  answer: () => Promise<Reply>,
  plug: Plug,
) => Promise<Reply>;

const properly: Delivery = {
  delayMs: 0,
  isDropped: false,
  isResponseDropped: false,
  isHeaderApart: false,
  isEmptyPacketLeftOut: false,
  claimedLengthBytes: null,
  transactionShift: 0,
  dataType: 2,
  responseType: 3,
  endsAfterBytes: null,
  stallsAfterBytes: null,
  unplugsAfterBytes: null,
  bytesPerSecond: 0,
  alter: null,
};

export const ok = 0x2001;

/** An answer without data. */
export function reply(response: number = ok, ...parameters: number[]): Reply {
  return { response, parameters, data: null, delivery: properly };
}

/** An answer with a dataset. */
export function replyWith(bytes: Uint8Array): Reply {
  const read = async (positionBytes: number, lengthBytes: number) =>
    bytes.subarray(positionBytes, positionBytes + lengthBytes);
  return { ...reply(), data: { sizeBytes: bytes.length, positionBytes: 0, read } };
}
