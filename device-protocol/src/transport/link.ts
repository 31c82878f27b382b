/**
 * A way to one recorder that carries bytes: two streams and close. Everything above it is the same for a serial
 * port, a USB endpoint or a socket.
 */
export interface Link {
  /** Bytes as they arrive, in any pieces; read once. Ends when the link is closed, throws when the peer is gone. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when the bytes were handed over. Throws RecorderError RECORDER_GONE. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends `input`. May be called more than once. */
  close(): Promise<void>;
}
