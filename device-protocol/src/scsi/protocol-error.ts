/** Everything a peer can get wrong on the wire, and what the receiver does about it. */
export const scsiProtocolErrorCodes = {
  CBW_LENGTH: 'a command block wrapper is not 31 bytes long; the device stalls both pipes until it is reset',
  CBW_SIGNATURE:
    'a command block wrapper does not begin with `USBC`; the device stalls both pipes until it is reset',
  CBW_RESERVED:
    'reserved bits of a command block wrapper are set, or its command is not 1 to 16 bytes long; the device stalls both pipes until it is reset',
  CSW_LENGTH: 'a command status wrapper is not 13 bytes long; Docket resets the device',
  CSW_SIGNATURE: 'a command status wrapper does not begin with `USBS`; Docket resets the device',
  CSW_TAG: 'a command status wrapper answers another command; Docket resets the device',
  CSW_STATUS: 'a command status wrapper has a status above 2; Docket resets the device',
  CSW_RESIDUE:
    'the residue is more than was asked for, or says that more came than did; Docket resets the device',
  PHASE_ERROR: 'the device could not follow the command (status 2); Docket resets the device',
  DATA_LENGTH: 'an answer is not as long as its kind is; the request fails',
  DATA_VALUE: 'an answer has a value that means nothing; the request fails',
} as const;

export type ScsiProtocolErrorCode = keyof typeof scsiProtocolErrorCodes;

/** Bytes that break the protocol. `code` says how; `message` says where. */
export class ScsiProtocolError extends Error {
  readonly code: ScsiProtocolErrorCode;

  constructor(code: ScsiProtocolErrorCode, message: string) {
    super(message);
    this.name = 'ScsiProtocolError';
    this.code = code;
  }
}

export function isScsiProtocolError(error: unknown): error is ScsiProtocolError {
  return error instanceof ScsiProtocolError;
}
