import { describeCodes, table } from '../specification/document.ts';
import { identityBlock } from './identity-block.ts';
import { inquiryData, senseData } from './primary-commands.ts';
import { scsiProtocolErrorCodes } from './protocol-error.ts';
import { placed, type RecordCodec, titleOf } from './record.ts';
import { timeBlock } from './time-block.ts';
import { type VendorProfile, vendorProfiles } from './vendor-profile.ts';
import { resolutionAnswer, valueAnswer } from './vendor-session.ts';
import { commandWrapper, statusWrapper } from './wrappers.ts';

/** Parts of the protocol document that are printed from the declarations, by the name of their place. */
export function describeScsi(): Readonly<Record<string, string>> {
  return {
    'command-wrapper': describeRecord(commandWrapper),
    'status-wrapper': describeRecord(statusWrapper),
    inquiry: describeRecord(inquiryData),
    sense: describeRecord(senseData),
    profiles: vendorProfiles.map(describeProfile).join('\n\n'),
    'identity-block': describeRecord(identityBlock),
    'time-block': describeRecord(timeBlock),
    answers: [valueAnswer, resolutionAnswer].map(describeRecord).join('\n\n'),
    'protocol-errors': describeCodes('error', scsiProtocolErrorCodes),
  };
}

type AnyRecord = Pick<RecordCodec<Record<never, never>>, 'title' | 'fields' | 'sizeBytes'>;

function describeRecord({ title, fields, sizeBytes }: AnyRecord): string {
  const rows = placed(fields).map(({ name, offset, field }) => [
    String(offset),
    `\`${name}\``,
    titleOf(field),
    field.doc,
  ]);
  const intro = `${title[0]?.toUpperCase()}${title.slice(1)}, ${sizeBytes} bytes:`;
  return `${intro}\n\n${table(['at', 'field', 'type', 'meaning'], rows)}`;
}

function describeProfile(profile: VendorProfile): string {
  const { title, key, commandBytes, opcodeAt, lengthAt, functions, results, maxPasswordBytes, exchangeMs } =
    profile;
  const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
  const pair = (bytes: readonly number[]): string => bytes.map(hex).join(' ');
  const rows = Object.entries(functions).map(([name, { opcode, direction, dataBytes, doc }]) => [
    `\`${name}\``,
    hex(opcode),
    direction,
    String(dataBytes),
    doc,
  ]);
  return [
    `### \`${key}\`: ${title}`,
    [
      `- INQUIRY, as words with single spaces between, matches \`${profile.inquiry.source}\`.`,
      `- A command has ${commandBytes} bytes: \`${pair(profile.read)}\` to read or \`${pair(profile.write)}\` to write, the opcode at byte ${opcodeAt},`,
      `  the length of the data at byte ${lengthAt}; all others are 0.`,
      `- A password has at most ${maxPasswordBytes} bytes. One exchange takes up to ${exchangeMs} ms.`,
    ].join('\n'),
    table(['function', 'opcode', 'direction', 'bytes', 'data'], rows),
    'The last status is one of:',
    table(
      ['value', 'meaning'],
      Object.values(results).map(({ value, doc }) => [String(value), doc]),
    ),
  ].join('\n\n');
}
