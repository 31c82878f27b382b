import { expect, test } from 'vitest';
import { parseRtp, sequenceStep, timestampStep } from './rtp-packet.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a packet with everything in its head gives its payload alone', () => {
  // Version 2, padding, extension, two contributing sources; marker, type 96.
  const packet = hex('b2 e0 fffe 80000001 deadbeef 00000001 00000002 bede0001 11223344 aabbcc 000003');
  expect(parseRtp(packet)).toEqual({
    payloadType: 96,
    marker: true,
    sequenceNumber: 0xfffe,
    timestamp: 0x8000_0001,
    ssrc: 0xdead_beef,
    payload: hex('aabbcc'),
  });
});

test('fifteen contributing sources are left out', () => {
  const packet = Buffer.concat([hex('8f 08 0001 00000000 00000000'), Buffer.alloc(60, 1), hex('d5')]);
  expect(parseRtp(packet)?.payload).toEqual(hex('d5'));
});

test('the payload is a view', () => {
  const packet = hex('80 08 0001 00000000 00000000 d5d5');
  expect(parseRtp(packet)?.payload.buffer).toBe(packet.buffer);
});

test.each([
  ['shorter than its head', '80 60 0001 00000000 000000'],
  ['of another version', '40 60 0001 00000000 00000000 aa'],
  ['with more contributing sources than bytes', '8f 60 0001 00000000 00000000 aa'],
  ['with an extension past its end', '90 60 0001 00000000 00000000 bede0002 11223344'],
  ['with more padding than payload', 'a0 60 0001 00000000 00000000 aaaa05'],
  ['with padding of no bytes', 'a0 60 0001 00000000 00000000 aaaa00'],
])('a packet %s is none', (_, text) => {
  expect(parseRtp(hex(text))).toBeNull();
});

test('numbers go round the circle the shorter way', () => {
  expect([sequenceStep(65_535, 0), sequenceStep(0, 65_535), sequenceStep(10, 0x8009)]).toEqual([
    1, -1, 32_767,
  ]);
  expect([timestampStep(0xffff_ffff, 2), timestampStep(2, 0xffff_ffff)]).toEqual([3, -3]);
});
