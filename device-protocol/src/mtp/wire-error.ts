/** Everything a recorder can get wrong in its bytes, and what Docket does about it. */
export const wireErrorCodes = {
  CONTAINER_TRUNCATED:
    'fewer bytes than a container header or its parameters need; the transaction is cancelled',
  CONTAINER_LENGTH: 'length field that no container of this kind can have; the transaction is cancelled',
  CONTAINER_TYPE:
    'container type that is not one of the four, or not the one that is due; the transaction is cancelled',
  CONTAINER_CODE: 'data container for another operation than the one asked; the transaction is cancelled',
  DATASET_TRUNCATED: 'dataset ends before its last field; the request fails',
  ARRAY_TOO_LONG: 'more items than any recorder has; the request fails',
  TYPE_UNKNOWN: 'value of a data type the standard does not name; the request fails',
} as const;

export type WireErrorCode = keyof typeof wireErrorCodes;

/** Bytes that break the protocol. `code` says how; `message` says where. */
export class WireError extends Error {
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string) {
    super(message);
    this.name = 'WireError';
    this.code = code;
  }
}

export function isWireError(error: unknown): error is WireError {
  return error instanceof WireError;
}
