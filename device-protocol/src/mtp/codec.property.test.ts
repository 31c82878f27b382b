import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRecorderError } from '../errors.ts';
import { createMtpSimulator, type MtpBehaviour } from '../simulator/mtp/index.ts';
import { connectInProcess } from '../simulator/usb/in-process.ts';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { decodeContainer, encodeContainer, encodeData } from './container.ts';
import { datasets, objectInfo, objectPropertyList } from './datasets.ts';
import { fileTimeOf, formatPtpDateTime, parsePtpDateTime } from './date-time.ts';
import { createMtpDriver } from './mtp-driver.ts';
import { attachmentOf, never, quickly } from './testing/docked.ts';
import { isWireError } from './wire-error.ts';

/** A long run is asked for from outside; every run here is a whole decoder. */
const numRuns = fuzzRuns(1000);
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Text without a NUL, which ends a string. */
const text = fc.string({ unit: 'binary', maxLength: 100 }).map((value) => value.replaceAll('\0', ''));

const anyObjectInfo = fc.record({
  storageId: u32,
  format: u16,
  protection: u16,
  sizeBytes: u32,
  thumbFormat: u16,
  thumbSizeBytes: u32,
  thumbWidth: u32,
  thumbHeight: u32,
  imageWidth: u32,
  imageHeight: u32,
  imageBitDepth: u32,
  parent: u32,
  associationType: u16,
  associationDescription: u32,
  sequenceNumber: u32,
  fileName: text,
  captureDate: text,
  modificationDate: text,
  keywords: text,
});

/** A seed with a few bytes changed, put in or taken away. */
function mutated(seed: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.nat(),
    byte: fc.nat(255),
    how: fc.constantFrom('set', 'insert', 'remove', 'cut'),
  });
  return fc.array(edit, { maxLength: 6 }).map((edits) => {
    const bytes = [...seed];
    for (const { at, byte, how } of edits) {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      if (how === 'set' && bytes.length > 0) bytes[place] = byte;
      else if (how === 'insert') bytes.splice(place, 0, byte);
      else if (how === 'remove') bytes.splice(place, 1);
      else if (how === 'cut') bytes.length = place;
    }
    return Uint8Array.from(bytes);
  });
}

function onlyWireErrors(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!isWireError(error)) throw error;
  }
}

describe('containers', () => {
  const container = fc.record({
    type: fc.constantFrom('command' as const, 'response' as const, 'event' as const),
    code: u16,
    transaction: u32,
    parameters: fc.array(u32, { maxLength: 5 }),
  });

  test('come back as they were', () => {
    fc.assert(
      fc.property(container, (one) => {
        expect(decodeContainer(encodeContainer(one))).toEqual(one);
      }),
      { numRuns },
    );
  });

  test('of any bytes are decoded or refused', () => {
    const seed = encodeContainer({ type: 'response', code: 0x2001, transaction: 5, parameters: [1, 2] });
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated(seed), mutated(encodeData(1, 2, seed)));
    fc.assert(
      fc.property(bytes, (one) => onlyWireErrors(() => decodeContainer(one))),
      { numRuns },
    );
  });
});

describe('datasets', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(anyObjectInfo, (info) => {
        expect(objectInfo.decode(objectInfo.encode(info))).toEqual(info);
      }),
      { numRuns },
    );
  });

  test('of any bytes are decoded or refused', () => {
    const seeds = fc.constantFrom(...datasets);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      anyObjectInfo.chain((info) => mutated(objectInfo.encode(info))),
    );
    fc.assert(
      fc.property(seeds, bytes, (dataset, one) => onlyWireErrors(() => dataset.decode(one))),
      { numRuns },
    );
  });

  test('of mutated property lists are decoded or refused', () => {
    const rows = [
      { handle: 1, property: 0xdc04, dataType: 8, value: 5n },
      { handle: 1, property: 0xdc07, dataType: 0xffff, value: 'a.mp4' },
      { handle: 2, property: 0xde81, dataType: 0x4004, value: [1, 2, 3] },
    ];
    const seed = objectPropertyList.encode({ rows });
    fc.assert(
      fc.property(mutated(seed), (one) => onlyWireErrors(() => objectPropertyList.decode(one))),
      { numRuns },
    );
  });
});

describe('times', () => {
  test('are read as they were written', () => {
    const seconds = fc.integer({ min: 0, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, fc.constantFrom('' as const, 'Z' as const), (second, zone) => {
        const parsed = parsePtpDateTime(formatPtpDateTime(second * 1000, zone));
        expect(parsed).toEqual({
          wallMs: second * 1000,
          zoneOffsetMs: zone === '' ? null : 0,
          resolutionMs: 1000,
        });
      }),
      { numRuns },
    );
  });

  test('of any text are read or not', () => {
    const close = mutated(Buffer.from('20260804T100000.5+0800')).map((bytes) =>
      Buffer.from(bytes).toString('latin1'),
    );
    fc.assert(
      fc.property(fc.oneof(text, close), (one) => {
        const time = fileTimeOf(one);
        expect(time === null).toBe(parsePtpDateTime(one) === null);
      }),
      { numRuns },
    );
  });
});

test('a recorder that sends mutated datasets is opened and listed, or refused with an error of ours', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
      const damage: MtpBehaviour = async (_, answer) => {
        const answered = await answer();
        if (answered.data === null || numbers.next().value % 4 > 0) return answered;
        const bytes = Uint8Array.from(await answered.data.read(0, answered.data.sizeBytes));
        const at = numbers.next().value % Math.max(1, bytes.length);
        if (bytes.length > 0) bytes[at] = numbers.next().value & 0xff;
        return {
          ...answered,
          data: { ...answered.data, read: async (from, length) => bytes.subarray(from, from + length) },
        };
      };
      const clips = ['x/1.mp4', 'x/y/2.mp4', '3.mp4'].map((path) => ({ path, sizeBytes: 2 ** 33 }));
      const { device, openUsb } = connectInProcess(createMtpSimulator({ clips, faults: [damage] }));
      try {
        const recorder = await createMtpDriver({ openUsb, ...quickly }).open(attachmentOf(device), never);
        try {
          for await (const listing of recorder.list(never)) expect(listing.type).toMatch(/clip|refused/u);
          await recorder.readClock(1, never);
          await recorder.readStatus(never);
        } finally {
          await recorder.close();
        }
      } catch (error) {
        if (!isRecorderError(error)) throw error;
      }
    }),
    { numRuns: Math.ceil(numRuns / 20) },
  );
});
