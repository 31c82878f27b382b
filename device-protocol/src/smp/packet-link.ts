/** Why bytes were put aside. None of them is an error of the link: a console carries log lines too. */
export type DiscardReason =
  | 'not-a-frame'
  | 'line-too-long'
  | 'line-interrupted'
  | 'bad-base64'
  | 'bad-length'
  | 'stray-continuation'
  | 'packet-interrupted'
  | 'packet-overrun'
  | 'bad-crc'
  | 'not-a-packet';

/** What came over a link: a whole packet (header and body, not yet looked into), or bytes that belong to none. */
export type PacketEvent =
  | { kind: 'packet'; packet: Uint8Array }
  | { kind: 'discarded'; bytes: Uint8Array; why: DiscardReason };

/** A way to one recorder that carries SMP packets. How they are wrapped on the wire is its own affair. */
export interface PacketLink {
  /**
   * What arrives, read once. Ends when the link is closed; throws RecorderError RECORDER_GONE, RECORDER_SILENT,
   * PROTOCOL_VIOLATION where nothing more can be understood.
   */
  readonly input: AsyncIterable<PacketEvent>;
  /** What comes over this wire within a few seconds, so that a stall can be told from slowness. */
  readonly pieceBytes: number;
  /**
   * Resolves when the packet was handed over. Throws RecorderError RECORDER_GONE, RECORDER_SILENT, and ProtocolError
   * BODY_TOO_LARGE where the wire cannot carry it.
   */
  send(packet: Uint8Array): Promise<void>;
  /** Ends `input`. May be called more than once. */
  close(): Promise<void>;
}
