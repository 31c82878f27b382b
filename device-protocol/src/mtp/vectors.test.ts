import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type UsbConnection, UsbError } from '../usb/usb-connection.ts';
import { type Container, decodeContainer, encodeContainer } from './container.ts';
import type { Dataset } from './dataset.ts';
import { datasets } from './datasets.ts';
import { parsePtpDateTime } from './date-time.ts';
import { InPipe } from './in-pipe.ts';
import { operations } from './operations.ts';
import { receiveAnswer } from './receive-answer.ts';
import { isWireError, type WireErrorCode, wireErrorCodes } from './wire-error.ts';

/**
 * The vectors were worked out by hand from the standard. They are never saved from this encoder: a mistake both our
 * ends share must fail here.
 */
const specFolder = new URL('../../spec/', import.meta.url);

function load<Vector>(name: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`vectors/mtp/${name}.json`, specFolder), 'utf8'));
}

const fromParts = (parts: readonly string[]): Uint8Array =>
  Uint8Array.from(Buffer.from(parts.join(''), 'hex'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Numbers of 64 bits and more stand in vectors as `n` and their digits. */
function withBigNumbers(value: unknown): unknown {
  if (typeof value === 'string' && /^n-?\d+$/u.test(value)) return BigInt(value.slice(1));
  if (Array.isArray(value)) return value.map(withBigNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBigNumbers(inner)]));
}

function datasetNamed(name: string): Dataset {
  const found = datasets.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no dataset is named ${name}`);
  return found as unknown as Dataset;
}

async function errorOf(work: () => unknown): Promise<WireErrorCode | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (isWireError(error)) return error.code;
    throw error;
  }
}

interface ContainerVector {
  why: string;
  operation?: string;
  decodeOnly?: boolean;
  parts: string[];
  container: Container;
}
interface DatasetVector {
  why: string;
  dataset: string;
  decodeOnly?: boolean;
  parts: string[];
  body: Record<string, unknown>;
}
interface AnswerVector {
  why: string;
  transfers: string[][];
  payload?: string;
  response?: Pick<Container, 'code' | 'parameters'>;
  error?: WireErrorCode;
}

const containers = load<ContainerVector>('containers');
const invalidContainers = load<{ why: string; parts: string[]; error: WireErrorCode }>('invalid-containers');
const datasetVectors = load<DatasetVector>('datasets');
const invalidDatasets = load<{ why: string; dataset: string; parts: string[]; error: WireErrorCode }>(
  'invalid-datasets',
);
const answers = load<AnswerVector>('answers');
const dateTimes = load<{
  why: string;
  text: string;
  wall: string | null;
  zoneOffsetMinutes: number | null;
  resolutionMs: number;
}>('date-times');

test.each(containers)(
  'container $container.type $operation: $why',
  ({ operation, decodeOnly, parts, container }) => {
    expect(decodeContainer(fromParts(parts))).toEqual(container);
    if (decodeOnly !== true) expect(hexOf(encodeContainer(container))).toBe(parts.join(''));
    if (operation === undefined) return;
    const row = Object.values(operations).find(({ name }) => name === operation);
    expect(row).toMatchObject({ code: container.code });
    expect(row?.parameters).toHaveLength(container.parameters.length);
  },
);

test.each(invalidContainers)('invalid container: $why', async ({ parts, error }) => {
  expect(await errorOf(() => decodeContainer(fromParts(parts)))).toBe(error);
});

test.each(datasetVectors)('$dataset: $why', ({ dataset, decodeOnly, parts, body }) => {
  const row = datasetNamed(dataset);
  expect(row.decode(fromParts(parts))).toEqual(withBigNumbers(body));
  if (decodeOnly !== true) expect(hexOf(row.encode(withBigNumbers(body) as never))).toBe(parts.join(''));
});

test.each(datasetVectors)(
  '$dataset, cut off anywhere, is refused or means no more: $why',
  async ({ dataset, parts }) => {
    const bytes = fromParts(parts);
    const whole = datasetNamed(dataset).decode(bytes);
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      const error = await errorOf(() => datasetNamed(dataset).decode(cut));
      if (error === null) expect(datasetNamed(dataset).decode(cut)).toEqual(whole);
      else expect(error).toBe('DATASET_TRUNCATED');
    }
  },
);

test.each(invalidDatasets)('invalid $dataset: $why', async ({ dataset, parts, error }) => {
  expect(await errorOf(() => datasetNamed(dataset).decode(fromParts(parts)))).toBe(error);
});

/** A pipe on which these transfers come, each ended by the recorder. */
function pipeWith(transfers: readonly Uint8Array[]): InPipe {
  const waiting = [...transfers];
  const usb = {
    pipes: { bulkIn: 0x81, bulkOut: 2, interruptIn: null, maxPacketBytes: 512 },
    bulkIn: async () => {
      const next = waiting.shift();
      if (next === undefined) throw new UsbError('TIMEOUT', 'nothing more comes');
      return next;
    },
  };
  return new InPipe(usb as unknown as UsbConnection);
}

async function receive(transfers: readonly string[][]): Promise<Pick<AnswerVector, 'payload' | 'response'>> {
  const waiting = {
    operation: operations.getObjectInfo,
    transaction: 5,
    expectedBytes: 1000,
    timeoutMs: 1,
    signal: new AbortController().signal,
  };
  const answer = receiveAnswer(pipeWith(transfers.map(fromParts)), waiting);
  let payload = '';
  for (;;) {
    const step = await answer.next();
    if (step.done === true) {
      const { code, parameters } = step.value;
      return { payload, response: { code, parameters } };
    }
    payload += hexOf(step.value);
  }
}

test.each(answers)('answer: $why', async ({ transfers, payload, response, error }) => {
  if (error !== undefined) expect(await errorOf(() => receive(transfers))).toBe(error);
  else expect(await receive(transfers)).toEqual({ payload, response });
});

test.each(dateTimes)('$text: $why', ({ text, wall, zoneOffsetMinutes, resolutionMs }) => {
  const zoneOffsetMs = zoneOffsetMinutes === null ? null : zoneOffsetMinutes * 60_000;
  const wanted = wall === null ? null : { wallMs: Date.parse(wall), zoneOffsetMs, resolutionMs };
  expect(parsePtpDateTime(text)).toEqual(wanted);
});

describe('the vectors are complete', () => {
  test('every operation has a command', () => {
    const covered = new Set(containers.map(({ operation }) => operation));
    expect(Object.values(operations).filter(({ name }) => !covered.has(name))).toEqual([]);
  });

  test('every dataset has one', () => {
    const covered = new Set(datasetVectors.map(({ dataset }) => dataset));
    expect(datasets.filter(({ name }) => !covered.has(name))).toEqual([]);
  });

  test('every error has an invalid one', () => {
    const covered = new Set([...invalidContainers, ...invalidDatasets, ...answers].map(({ error }) => error));
    expect(Object.keys(wireErrorCodes).filter((code) => !covered.has(code as WireErrorCode))).toEqual([]);
  });

  test('every operation has a code of its own', () => {
    const codes = Object.values(operations).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('a second reader, in another language, reads them the same way', async () => {
    const reader = fileURLToPath(new URL('read_mtp_vectors.py', specFolder));
    const { stdout } = await promisify(execFile)('python3', [reader]);
    expect(stdout).toContain(`datasets: ${datasetVectors.length} vectors agree`);
  });
});
