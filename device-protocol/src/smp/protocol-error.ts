/** Everything a peer can get wrong on the wire, and what the receiver does about it. */
export const protocolErrorCodes = {
  HEADER_TRUNCATED: 'packet shorter than the 8-byte header; discarded',
  HEADER_RESERVED: 'reserved bits, flags or an unknown version are set; discarded',
  HEADER_LENGTH: 'data length differs from the bytes that follow; discarded',
  BODY_TOO_LARGE: 'body longer than one packet may carry; never sent',
  BODY_CBOR: 'body is not the strict CBOR this protocol allows; the request fails',
  BODY_DEPTH: 'body nests deeper than any message does; the request fails',
  BODY_SCHEMA: 'body does not have the fields of its message; the request fails',
  MESSAGE_UNKNOWN: 'no message has this group, command and operation; answered with "not supported"',
} as const;

export type ProtocolErrorCode = keyof typeof protocolErrorCodes;

/** Bytes that break the protocol. `code` says how; `message` says where. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ProtocolError';
    this.code = code;
  }
}

export function isProtocolError(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError;
}
