/** What one caller, and all of them together, can take up of this machine. */
export interface RtspLimits {
  connections: number;
  connectionsPerAddress: number;
  /** Of one connection, on average; twice as many at once. Interleaved packets are no requests. */
  requestsPerSecond: number;
  /** A connection that has not said who it is by then is closed. */
  authenticationMs: number;
  /** The answer to wrong credentials waits so long. */
  wrongCredentialsMs: number;
  /** A session without a sign of life (RFC 2326 §12.37), in whole seconds. */
  sessionMs: number;
  /** A viewer by TCP that takes nothing for this long, while something waits for it, is cut off. */
  stalledMs: number;
  /** What may wait for one viewer: from here on no further picture is begun, */
  calmBacklogBytes: number;
  /** and here the picture that is being sent is broken off. */
  mostBacklogBytes: number;
}

export const rtspLimits: RtspLimits = {
  connections: 512,
  connectionsPerAddress: 64,
  requestsPerSecond: 20,
  authenticationMs: 10_000,
  wrongCredentialsMs: 1_000,
  sessionMs: 60_000,
  stalledMs: 15_000,
  calmBacklogBytes: 4 * 1024 * 1024,
  mostBacklogBytes: 6 * 1024 * 1024,
};
