import { describe, expect, test } from 'vitest';
import { FlvMediaReader } from './flv-media-reader.ts';
import { FlvReader, type FlvTag } from './flv-reader.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const letters = (name: string) => Buffer.from(name).toString('hex');

function read(type: FlvTag['type'], ...tags: string[]) {
  const reader = new FlvMediaReader();
  return tags.map((hex) => reader.read({ type, timeMs: 1_000, data: bytes(hex) })).at(-1);
}

/** HEVCDecoderConfigurationRecord of a VPS, an SPS, a PPS and an SEI; lengths of 4 bytes. */
const head = `01${'00'.repeat(20)}03`;
const record = `${head} 04 a0 0001 0003 400101 a1 0001 0003 420101 a2 0001 0003 440101 27 0001 0003 4e0105`;
const sets = [bytes('400101'), bytes('420101'), bytes('440101')];
const slice = '00000003 260180';

describe('pictures', () => {
  test.each([
    ['codec 12', '1c 00 000000'],
    ['hvc1', `90 ${letters('hvc1')}`],
    ['hvc1 behind a modifier', `97 02 010203 00 ${letters('hvc1')}`],
    ['hvc1 behind a long modifier', `97 ff 00ff ${'00'.repeat(256)} 00 ${letters('hvc1')}`],
  ])('%s brings parameter sets, and no SEI', (_, beginning) => {
    const setup = { codec: 'h265', parameterSets: sets };
    expect(read('video', `${beginning} ${record}`)).toEqual({ is: 'video-setup', setup });
  });

  test.each([
    ['codec 12', '2c 01 000028', 1_040],
    ['codec 12, shown before it is decoded', '2c 01 ffffd8', 960],
    ['hvc1', `a1 ${letters('hvc1')} 000028`, 1_040],
    ['hvc1, shown before it is decoded', `a1 ${letters('hvc1')} ffffd8`, 960],
    ['hvc1, shown when it is decoded', `a3 ${letters('hvc1')}`, 1_000],
    ['hvc1 behind a modifier', `a7 00 07 03 ${letters('hvc1')}`, 1_000],
  ])('%s brings a picture, a key frame by what is in it', (_, beginning, shownMs) => {
    const picture = { is: 'picture', codec: 'h265', shownMs, units: [bytes('260180')], isKeyFrame: true };
    expect(read('video', `${beginning} ${slice}`)).toEqual(picture);
  });

  test('avc1 is H.264', () => {
    const picture = {
      is: 'picture',
      codec: 'h264',
      shownMs: 1_000,
      units: [bytes('4180')],
      isKeyFrame: false,
    };
    expect(read('video', `a3 ${letters('avc1')} 00000002 4180`)).toEqual(picture);
  });

  test('lengths are as long as the record says', () => {
    const setup = `1c 00 000000 01${'00'.repeat(20)}01 00`;
    expect(read('video', setup, `2c 01 000000 0003 260180`)).toMatchObject({ units: [bytes('260180')] });
  });

  test.each([
    ['a command to players', '5c 00'],
    ['the end of a sequence', `92 ${letters('hvc1')}`],
    ['the end of a sequence of codec 12', '1c 02 000000'],
    ['metadata', `d4 ${letters('hvc1')} 02`],
    ['nothing but the end of a sequence', '2c 01 000000 00000002 4801'],
  ])('%s is none', (_, tag) => {
    expect(read('video', tag)).toEqual({ is: 'nothing' });
  });

  test.each([
    ['av01', `90 ${letters('av01')} 00`],
    ['multitrack-video', `96 01 ${letters('hvc1')} 00`],
    ['unknown', '90 0a0d0a0d 00'],
    ['H263', '12 00'],
    ['FLV-13', '1d 00'],
  ])('%s is told', (name, tag) => {
    expect(read('video', tag)).toEqual({ is: 'other-codec', kind: 'video', name });
  });

  test.each([
    ['a record that is cut off', `90 ${letters('hvc1')} ${record.slice(0, -2)}`],
    ['a record of endless units', `90 ${letters('hvc1')} ${head} 01 a0 ffff ${'0001 40'.repeat(65)}`],
    [
      'parameter sets before every key frame that are longer than any',
      `90 ${letters('hvc1')} ${head} 01 a0 0001 3000 40${'00'.repeat(0x2fff)}`,
    ],
    ['modifiers without end', `97 ${'00 00 07'.repeat(3)}`],
    ['a picture that is cut off', '2c 01 000000 00000009 260180'],
  ])('%s cannot be read', (_, tag) => {
    expect(read('video', tag)).toMatchObject({ is: 'unreadable', kind: 'video' });
  });
});

describe('sound', () => {
  test('mp4a brings AAC', () => {
    const setup = { codec: 'aac', rateHz: 44_100, channels: 2, config: bytes('1210') };
    expect(read('audio', `90 ${letters('mp4a')} 1210`)).toEqual({ is: 'audio-setup', setup });
    const sound = { is: 'sound', shownMs: 1_000, frame: bytes('2100'), setup: null };
    expect(read('audio', `91 ${letters('mp4a')} 2100`)).toEqual(sound);
    expect(read('audio', `97 00 07 01 ${letters('mp4a')} 2100`)).toEqual(sound);
  });

  test.each([
    ['of a rate that is written out', 'af 00 17 80 7d 00 08', { rateHz: 64_000, channels: 1 }],
    ['with spectral band replication', 'af 00 2b 92 08 00', { rateHz: 22_050, channels: 2 }],
  ])('AAC %s', (_, tag, setup) => {
    expect(read('audio', tag)).toMatchObject({ is: 'audio-setup', setup });
  });

  test.each([
    ['Opus', `90 ${letters('Opus')} 00`],
    ['multitrack-audio', `95 00 ${letters('mp4a')} 00 00`],
    ['AAC', 'af 00 f8 e8'],
  ])('%s is told', (name, tag) => {
    expect(read('audio', tag)).toEqual({ is: 'other-codec', kind: 'audio', name });
  });
});

test('time goes on where it goes around at 32 bits', () => {
  const times: number[] = [];
  const reader = new FlvReader(({ timeMs }) => times.push(timeMs));
  reader.push(bytes('464c5601050000000900000000'));
  for (const written of [0xffff_ffd0, 0xffff_fff8, 0x20, 0x10, 0x48]) {
    const tag = Buffer.alloc(16);
    tag[0] = 9;
    tag.writeUIntBE(1, 1, 3);
    tag.writeUIntBE(written & 0xff_ffff, 4, 3);
    tag[7] = written >>> 24;
    tag.writeUInt32BE(12, 12);
    reader.push(tag);
  }
  expect(times.map((time) => time - 2 ** 32)).toEqual([-0x30, -8, 0x20, 0x10, 0x48]);
});
