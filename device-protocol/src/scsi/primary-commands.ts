/** The few SCSI commands that every device answers (SPC-4). */

import { decodeName } from '../names/decode-name.ts';
import { ScsiProtocolError } from './protocol-error.ts';
import { bytes, number, record } from './record.ts';

export const operationCodes = { testUnitReady: 0x00, requestSense: 0x03, inquiry: 0x12 } as const;

/** The first 36 bytes, which every device has (SPC-4 §6.6.2). */
export const inquiryData = record('standard INQUIRY data', {
  device: number('u8', 'bits 5 to 7 peripheral qualifier, bits 0 to 4 peripheral device type (0 disk)'),
  flags: number('u8', 'bit 7: the medium can be removed'),
  version: number('u8', 'version of the SCSI command set'),
  format: number('u8', 'bits 0 to 3: 2'),
  additionalBytes: number('u8', 'how many bytes follow this one'),
  reserved: bytes(3, 'not looked at'),
  vendor: bytes(8, 'ASCII, filled up with spaces'),
  product: bytes(16, 'ASCII, filled up with spaces'),
  revision: bytes(4, 'ASCII, filled up with spaces'),
});

/** Fixed format sense data (SPC-4 §4.5.3), as far as it is looked at. */
export const senseData = record('fixed format sense data', {
  response: number('u8', '0x70 for this error, 0x71 for an earlier one; bit 7 not looked at'),
  obsolete: number('u8', 'not looked at'),
  key: number('u8', 'bits 0 to 3: sense key'),
  information: bytes(4, 'not looked at'),
  additionalBytes: number('u8', 'how many bytes follow this one'),
  commandInformation: bytes(4, 'not looked at'),
  code: number('u8', 'additional sense code'),
  qualifier: number('u8', 'additional sense code qualifier'),
  unit: number('u8', 'not looked at'),
  specific: bytes(3, 'not looked at'),
});

export interface Inquiry {
  deviceType: number;
  vendor: string;
  product: string;
  revision: string;
}

/** Why a command failed. */
export interface Sense {
  key: number;
  code: number;
  qualifier: number;
}

export function inquiryCommand(): Uint8Array {
  return Uint8Array.of(operationCodes.inquiry, 0, 0, 0, inquiryData.sizeBytes, 0);
}

export function requestSenseCommand(): Uint8Array {
  return Uint8Array.of(operationCodes.requestSense, 0, 0, 0, senseData.sizeBytes, 0);
}

export function testUnitReadyCommand(): Uint8Array {
  return Uint8Array.of(operationCodes.testUnitReady, 0, 0, 0, 0, 0);
}

/** Throws ScsiProtocolError where the first 36 bytes are not there. */
export function decodeInquiry(from: Uint8Array): Inquiry {
  const { device, vendor, product, revision } = inquiryData.decode(from.subarray(0, inquiryData.sizeBytes));
  return {
    deviceType: device & 0x1f,
    vendor: text(vendor),
    product: text(product),
    revision: text(revision),
  };
}

/** Fixed or descriptor format (SPC-4 §4.5). Throws ScsiProtocolError. */
export function decodeSense(from: Uint8Array): Sense {
  const response = (from[0] ?? 0) & 0x7f;
  if (response === 0x72 || response === 0x73) {
    const [, key, code, qualifier] = from;
    if (key === undefined || code === undefined || qualifier === undefined) throw shortSense(from);
    return { key: key & 0x0f, code, qualifier };
  }
  if (response !== 0x70 && response !== 0x71) {
    throw new ScsiProtocolError('DATA_VALUE', `sense data of format ${response}`);
  }
  // Devices of old end before the additional sense code; what is not there is 0.
  const [, , key] = from;
  if (key === undefined) throw shortSense(from);
  return { key: key & 0x0f, code: from[12] ?? 0, qualifier: from[13] ?? 0 };
}

function shortSense({ length }: Uint8Array): ScsiProtocolError {
  return new ScsiProtocolError('DATA_LENGTH', `sense data of ${length} bytes`);
}

function text(from: Uint8Array): string {
  const end = from.findLastIndex((byte) => byte !== 0x20 && byte !== 0x00) + 1;
  return decodeName(from.subarray(0, end)).name.trim();
}
