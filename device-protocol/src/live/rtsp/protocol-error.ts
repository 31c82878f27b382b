/** Bytes that break RTSP. `status` is what a server answers before it hangs up (RFC 2326 §7.1.1). */
export class RtspProtocolError extends Error {
  readonly status: 400 | 413 | 414 | 505;

  constructor(message: string, status: 400 | 413 | 414 | 505 = 400) {
    super(message);
    this.name = 'RtspProtocolError';
    this.status = status;
  }
}

export function isRtspProtocolError(error: unknown): error is RtspProtocolError {
  return error instanceof RtspProtocolError;
}
