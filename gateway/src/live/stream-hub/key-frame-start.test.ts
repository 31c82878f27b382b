import { describe, expect, test } from 'vitest';
import { KeyFrameStart } from './key-frame-start.ts';
import { rtp, track } from './testing/hand-fed.ts';

/** Payload heads by RFC 6184 (§1.3, §5.6 to §5.8) and RFC 7798 (§1.1.4, §4.4), worked out by hand. */
describe.each([
  {
    codec: 'h264',
    beginning: {
      'an IDR slice': [0x65, 0x88],
      'a sequence parameter set': [0x67, 0x42],
      'an aggregate of delimiter and parameter set': [0x78, 0, 2, 0x09, 0xf0, 0, 2, 0x67, 0x42],
      'the first fragment of an IDR slice': [0x7c, 0x85, 0],
    },
    others: {
      'another slice': [0x41, 0x9a],
      'a picture parameter set': [0x68, 0xce],
      'a later fragment of an IDR slice': [0x7c, 0x05, 0],
      'the first fragment of another slice': [0x7c, 0x81, 0],
      'an aggregate of other slices': [0x78, 0, 2, 0x41, 0x9a, 0, 2, 0x41, 0x9a],
      'an aggregate that ends too soon': [0x78, 0xff, 0xff, 0x41],
      'half a fragment head': [0x7c],
    },
  },
  {
    codec: 'h265',
    beginning: {
      'an IDR slice': [19 << 1, 1],
      'a CRA slice': [21 << 1, 1],
      'a video parameter set': [32 << 1, 1],
      'an aggregate of delimiter and parameter set': [48 << 1, 1, 0, 3, 35 << 1, 1, 0x50, 0, 2, 33 << 1, 1],
      'the first fragment of an IDR slice': [49 << 1, 1, 0x80 | 19],
    },
    others: {
      'another slice': [1 << 1, 1],
      'a picture parameter set': [34 << 1, 1],
      'a later fragment of an IDR slice': [49 << 1, 1, 19],
      'the first fragment of another slice': [49 << 1, 1, 0x81],
      'half a fragment head': [49 << 1, 1],
    },
  },
] as const)('$codec', ({ codec, beginning, others }) => {
  const video = track('video', 0, codec);

  test.each(Object.entries(beginning))('%s begins a key frame', (_what, payload) => {
    expect(new KeyFrameStart(video).isAt(rtp(video, 1, 5, payload))).toBe(true);
  });

  test.each(Object.entries(others))('%s does not', (_what, payload) => {
    expect(new KeyFrameStart(video).isAt(rtp(video, 1, 5, payload))).toBe(false);
  });

  test('one key frame begins once, however many packets show it', () => {
    const start = new KeyFrameStart(video);
    const [payload = []] = Object.values(beginning);
    expect([5, 5, 6].map((time) => start.isAt(rtp(video, 1, time, payload)))).toEqual([true, false, true]);
  });
});
