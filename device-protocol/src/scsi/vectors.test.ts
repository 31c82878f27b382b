import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type IdentityTexts, identityBlock, textsOf } from './identity-block.ts';
import { decodeInquiry, decodeSense, type Inquiry, type Sense } from './primary-commands.ts';
import { ScsiProtocolError, type ScsiProtocolErrorCode, scsiProtocolErrorCodes } from './protocol-error.ts';
import { decodeTime, encodeTime } from './time-block.ts';
import { dv16, profileFor, vendorCommand } from './vendor-profile.ts';
import {
  type CommandWrapper,
  decodeCommandWrapper,
  decodeStatusWrapper,
  encodeCommandWrapper,
  encodeStatusWrapper,
  type StatusWrapper,
} from './wrappers.ts';

/**
 * The vectors were worked out by hand from the published specifications. They are never saved from this encoder: a
 * mistake both our ends share must fail here.
 */
const specFolder = new URL('../../spec/', import.meta.url);

function load<Vector>(name: string): (Vector & { why: string; hex: string })[] {
  return JSON.parse(readFileSync(new URL(`vectors/scsi/${name}.json`, specFolder), 'utf8'));
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function errorOf(work: () => unknown): ScsiProtocolErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof ScsiProtocolError) return error.code;
    throw error;
  }
}

interface Invalid {
  error: ScsiProtocolErrorCode;
}

const commandWrappers = load<{ wrapper: Omit<CommandWrapper, 'command'> & { command: string } }>(
  'command-wrappers',
);
const statusWrappers = load<{ transferBytes: number; wrapper: StatusWrapper }>('status-wrappers');
const inquiries = load<{ inquiry: Inquiry; profile: string | null }>('inquiries');
const senses = load<{ sense: Sense }>('senses');
const identityBlocks = load<{ texts: IdentityTexts }>('identity-blocks');
const times = load<{ time: string | null }>('times');
const invalidCommandWrappers = load<Invalid>('invalid-command-wrappers');
const invalidStatusWrappers = load<Invalid & { tag: number; transferBytes: number }>(
  'invalid-status-wrappers',
);
const invalidData = load<Invalid & { kind: string }>('invalid-data');

test.each(commandWrappers)('command wrapper: $why', ({ hex, wrapper }) => {
  const expected = { ...wrapper, command: fromHex(wrapper.command) };
  expect(decodeCommandWrapper(fromHex(hex))).toEqual(expected);
  expect(toHex(encodeCommandWrapper(expected))).toBe(hex);
});

test.each(statusWrappers)('status wrapper: $why', ({ hex, transferBytes, wrapper }) => {
  expect(decodeStatusWrapper(fromHex(hex), { tag: wrapper.tag, transferBytes })).toEqual(wrapper);
  expect(toHex(encodeStatusWrapper(wrapper))).toBe(hex);
});

test.each(inquiries)('INQUIRY: $why', ({ hex, inquiry, profile }) => {
  const decoded = decodeInquiry(fromHex(hex));
  expect(decoded).toEqual(inquiry);
  expect(profileFor(decoded)?.key ?? null).toBe(profile);
});

test.each(senses)('sense: $why', ({ hex, sense }) => {
  expect(decodeSense(fromHex(hex))).toEqual(sense);
});

test.each(identityBlocks)('identity block: $why', ({ hex, texts }) => {
  const block = identityBlock.decode(fromHex(hex));
  expect(textsOf(block)).toEqual(texts);
  expect(toHex(identityBlock.encode(block))).toBe(hex);
});

test.each(times)('time: $why', ({ hex, time }) => {
  const wallMs = decodeTime(fromHex(hex));
  expect(wallMs === null ? null : new Date(wallMs).toISOString().slice(0, 19)).toBe(time);
  if (wallMs !== null) expect(toHex(encodeTime(wallMs))).toBe(hex);
});

test.each(invalidCommandWrappers)('invalid command wrapper: $why', ({ hex, error }) => {
  expect(errorOf(() => decodeCommandWrapper(fromHex(hex)))).toBe(error);
});

test.each(invalidStatusWrappers)('invalid status wrapper: $why', ({ hex, error, ...asked }) => {
  expect(errorOf(() => decodeStatusWrapper(fromHex(hex), asked))).toBe(error);
});

const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  inquiry: decodeInquiry,
  sense: decodeSense,
  'identity-block': (bytes) => identityBlock.decode(bytes),
  time: decodeTime,
};

test.each(invalidData)('invalid $kind: $why', ({ kind, hex, error }) => {
  expect(errorOf(() => decoders[kind]?.(fromHex(hex)))).toBe(error);
});

describe('the vectors are complete', () => {
  test('every error code of bytes has an invalid vector', () => {
    const all = [...invalidCommandWrappers, ...invalidStatusWrappers, ...invalidData];
    const covered = new Set(all.map(({ error }) => error));
    // A phase error is well said; it is what it means that is wrong.
    const wanted = Object.keys(scsiProtocolErrorCodes).filter((code) => code !== 'PHASE_ERROR');
    expect(wanted.filter((code) => !covered.has(code as ScsiProtocolErrorCode))).toEqual([]);
  });

  test('a function is laid out as in the wrappers', () => {
    const commands = commandWrappers.map(({ wrapper }) => wrapper.command);
    expect(commands).toContain(toHex(vendorCommand(dv16, dv16.functions.readIdentity, 94)));
    expect(commands).toContain(toHex(vendorCommand(dv16, dv16.functions.setTime, 8)));
  });

  test('a second reader, in another language, reads them the same way', async () => {
    const reader = fileURLToPath(new URL('read_scsi_vectors.py', specFolder));
    const { stdout } = await promisify(execFile)('python3', [reader]);
    expect(stdout).toContain(`command-wrappers: ${commandWrappers.length} vectors agree`);
  });
});
