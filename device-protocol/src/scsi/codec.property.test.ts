import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdentityToWrite } from '../recorder.ts';
import { decodeGbk, encodeGbk } from './gbk.ts';
import { identityBlock, textsOf, withParts } from './identity-block.ts';
import { decodeInquiry, decodeSense } from './primary-commands.ts';
import { isScsiProtocolError } from './protocol-error.ts';
import { decodeTime, encodeTime } from './time-block.ts';
import { profileFor } from './vendor-profile.ts';
import {
  decodeCommandWrapper,
  decodeStatusWrapper,
  encodeCommandWrapper,
  encodeStatusWrapper,
} from './wrappers.ts';

const numRuns = Number(process.env.DOCKET_FUZZ_RUNS ?? 500);
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('what was written is read', () => {
  test('command wrappers', () => {
    const wrapper = fc.record({
      tag: u32,
      transferBytes: u32,
      isIn: fc.boolean(),
      lun: fc.nat(15),
      command: fc.uint8Array({ minLength: 1, maxLength: 16 }),
    });
    fc.assert(
      fc.property(wrapper, (one) => {
        expect(decodeCommandWrapper(encodeCommandWrapper(one))).toEqual(one);
      }),
      { numRuns },
    );
  });

  test('status wrappers', () => {
    const status = fc.constantFrom('passed', 'failed', 'phase-error');
    fc.assert(
      fc.property(u32, u32, status, (tag, residueBytes, how) => {
        const one = { tag, residueBytes, status: how };
        expect(decodeStatusWrapper(encodeStatusWrapper(one), { tag, transferBytes: residueBytes })).toEqual(
          one,
        );
      }),
      { numRuns },
    );
  });

  test('times, to the second', () => {
    const range = { min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) };
    fc.assert(
      fc.property(fc.integer(range), (wallMs) => {
        expect(decodeTime(encodeTime(wallMs))).toBe(wallMs - (wallMs % 1000));
      }),
      { numRuns },
    );
  });

  test('text that GBK holds', () => {
    const character = fc.constantFrom(...'张三李四执法记录仪〔〕、，aZ09-_', '〇', '￥', '丂', '齄');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 20 }), (characters) => {
        const text = characters.join('');
        expect(decodeGbk(encodeGbk(text) ?? new Uint8Array())).toBe(text);
      }),
      { numRuns },
    );
  });

  test('every two bytes of GBK that stand for a character come back from it', () => {
    // GB 18030 table: 23 940 two-byte places, less the 1 894 for private use and those it leaves open.
    let characters = 0;
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x40; trail <= 0xfe; trail++) {
        const text = decodeGbk(Uint8Array.of(lead, trail));
        if (text === null || [...text].length !== 1 || /\p{Co}/u.test(text)) continue;
        characters++;
        const again = encodeGbk(text);
        expect(again === null ? null : decodeGbk(again)).toBe(text);
      }
    }
    expect(characters).toBeGreaterThan(20_000);
  });
});

describe('any bytes', () => {
  const decoders = [
    decodeCommandWrapper,
    (bytes: Uint8Array) => decodeStatusWrapper(bytes, { tag: 1, transferBytes: 100 }),
    (bytes: Uint8Array) => profileFor(decodeInquiry(bytes)),
    decodeSense,
    decodeTime,
    (bytes: Uint8Array) => textsOf(identityBlock.decode(bytes)),
  ];
  const expectTypedFailure = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      if (!isScsiProtocolError(error)) throw error;
    }
  };

  test('give a value or a typed error', () => {
    const lengths = fc.constantFrom(7, 8, 13, 18, 31, 36, 94, 96);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
    );
    fc.assert(
      fc.property(bytes, (all) => {
        for (const decode of decoders) expectTypedFailure(() => decode(all));
      }),
      { numRuns },
    );
  });

  test('in a wrapper that was damaged give a value or a typed error', () => {
    const whole = encodeCommandWrapper({
      tag: 1,
      transferBytes: 94,
      isIn: true,
      lun: 0,
      command: Uint8Array.of(0x12),
    });
    const status = encodeStatusWrapper({ tag: 1, residueBytes: 0, status: 'passed' });
    const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.constantFrom(whole, status), fc.nat(40), (all, from, cut) => {
        const damaged = Uint8Array.from(from.subarray(0, cut));
        for (const { at, to } of all) if (damaged.length > 0) damaged[at % damaged.length] = to;
        for (const decode of decoders) expectTypedFailure(() => decode(damaged));
      }),
      { numRuns },
    );
  });

  test('in an identity block are shown, and stay where nothing is written over them', () => {
    const block = fc.uint8Array({ minLength: 94, maxLength: 94 });
    const parts: IdentityToWrite = {
      serialNumber: null,
      officerNumber: '000001',
      officerName: '张三',
      unitCode: null,
      unitName: null,
    };
    fc.assert(
      fc.property(block, (all) => {
        const written = Buffer.from(identityBlock.encode(withParts(identityBlock.decode(all), parts)));
        expect(written.subarray(0, 8).equals(all.subarray(0, 8))).toBe(true);
        expect(written.subarray(48).equals(all.subarray(48))).toBe(true);
        const texts = Object.values(textsOf(identityBlock.decode(all)));
        expect(texts.every((text) => text === null || !/[\p{Cc}\p{Cf}]/u.test(text))).toBe(true);
      }),
      { numRuns },
    );
  });
});
