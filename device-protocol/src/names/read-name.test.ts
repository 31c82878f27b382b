import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameProfiles } from './name-profiles.ts';
import { isMarkedFolder, kindOfName, readNameFacts } from './read-name.ts';

describe('what a name tells', () => {
  test.each([
    {
      name: 'DCAM_CAM001_000001_20260804_100000_IMP.mp4',
      facts: ['dcam', 'CAM001', '000001', '2026-08-04T10:00:00', true],
    },
    {
      name: 'DCAM_CAM001_000001_20260804_100000_enc.m4a',
      facts: ['dcam', 'CAM001', '000001', '2026-08-04T10:00:00', false],
    },
    {
      name: 'DCAM_CAM001_000001_20260804_100000_IMP_enc.mp4',
      facts: ['dcam', 'CAM001', '000001', '2026-08-04T10:00:00', true],
    },
    {
      name: '1234567_012345_20260804100000_0001_IMP.MP4',
      facts: ['device-officer-time', '1234567', '012345', '2026-08-04T10:00:00', true],
    },
    {
      name: '1234567_012345_20260804100000_0001.MP4',
      facts: ['device-officer-time', '1234567', '012345', '2026-08-04T10:00:00', false],
    },
    { name: '20260804_100000_NF.mp4', facts: ['blackvue', null, null, '2026-08-04T10:00:00', false] },
    { name: 'MOVI_20260804-100000.mov', facts: ['date-time', null, null, '2026-08-04T10:00:00', false] },
    { name: '20260804_100000_IMP.mp4', facts: ['date-time', null, null, '2026-08-04T10:00:00', true] },
    {
      name: '2026_0804_100000_012A.MP4',
      facts: ['novatek', null, null, '2026-08-04T10:00:00', false],
    },
    { name: 'FILE260804-100000F.MOV', facts: ['ambarella', null, null, '2026-08-04T10:00:00', false] },
    { name: '2026-08-04-10-00-00.MP4', facts: ['ambarella', null, null, '2026-08-04T10:00:00', false] },
    { name: '20260804_100000_EF.mp4', facts: ['blackvue', null, null, '2026-08-04T10:00:00', true] },
    { name: '20260804_100000_N.gps', facts: ['blackvue', null, null, '2026-08-04T10:00:00', false] },
    { name: 'GOPR0012.MP4', facts: ['dcf', null, null, null, false] },
    { name: 'holiday.mp4', facts: ['none', null, null, null, false] },
    { name: 'scene_IMP_7.avi', facts: ['none', null, null, null, true] },
    { name: 'IMPORTANT.avi', facts: ['none', null, null, null, false] },
  ])('$name', ({ name, facts }) => {
    const [profile, deviceNumber, officerNumber, startedAt, marked] = facts;
    expect(readNameFacts(name)).toEqual({
      profile,
      deviceNumber,
      officerNumber,
      startedAt: startedAt === null ? null : { text: startedAt, source: 'name', assumedZone: null },
      marked,
    });
  });

  test('a habit of naming in UTC says so', () => {
    expect(readNameFacts('PXL_20260804_020000123.mp4')).toMatchObject({
      profile: 'pixel',
      startedAt: { text: '2026-08-04T02:00:00', assumedZone: 'UTC' },
    });
  });

  test('a profile of the operator’s own speaks before the known ones', () => {
    const own = {
      name: 'harbour',
      title: 'Harbour office',
      pattern: /^(?<officer>\d{4})-(?<date>\d{8})T(?<time>\d{6})(?<mark>!)?\.mp4$/u,
      timeZone: 'Asia/Urumqi',
    };
    expect(readNameFacts('0042-20260804T100000!.mp4', [own, ...nameProfiles])).toEqual({
      profile: 'harbour',
      startedAt: { text: '2026-08-04T10:00:00', source: 'name', assumedZone: 'Asia/Urumqi' },
      deviceNumber: null,
      officerNumber: '0042',
      marked: true,
    });
    expect(readNameFacts('GOPR0012.MP4', [own, ...nameProfiles]).profile).toBe('dcf');
  });

  test.each([
    '20260230_100000',
    '20250229_000000',
    '20261301_000000',
    '20260100_000000',
    '20260804_240000',
    '20260804_236000',
    '20260804_235960',
    '00000000_000000',
  ])('a time that never was (%s) is no time', (stamp) => {
    expect(readNameFacts(`${stamp}.mp4`)).toMatchObject({ profile: 'date-time', startedAt: null });
  });

  test('a leap day that was is a time', () => {
    expect(readNameFacts('20240229_235959.mp4').startedAt).toEqual({
      text: '2024-02-29T23:59:59',
      source: 'name',
      assumedZone: null,
    });
  });

  test('every real instant comes back as it was written', () => {
    const instants = fc.date({
      min: new Date('1980-01-01'),
      max: new Date('2107-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (instant) => {
        const text = instant.toISOString().slice(0, 19);
        const stamp = text.replaceAll(/[-:]/gu, '').replace('T', '_');
        expect(readNameFacts(`DCAM_CAM001_000001_${stamp}.mp4`).startedAt?.text).toBe(text);
      }),
    );
  });

  test('any text is read without a throw, and quickly enough for the longest name there can be', () => {
    fc.assert(fc.property(fc.string({ maxLength: 255 }), (name) => void readNameFacts(name)));
    for (const part of ['_a', '(', '_1', 'a', '1', '_IMP', '(_']) {
      const name = `20260804_100000${part.repeat(255)}`.slice(0, 255);
      expect(readNameFacts(`${name}!`).profile).toBe('none');
      expect(readNameFacts(`1234567_012345_20260804100000${part.repeat(255)}`).startedAt).toBeNull();
    }
  });

  test.each([
    ['a.MP4', 'video'],
    ['a.h265', 'video'],
    ['a.WAV', 'audio'],
    ['a.jpeg', 'photo'],
    ['a.mp4.txt', 'sidecar'],
    ['mp4', 'sidecar'],
    ['a.', 'sidecar'],
    ['a.constructor', 'sidecar'],
    ['', 'sidecar'],
  ])('%j is of kind %s', (name, kind) => {
    expect(kindOfName(name)).toBe(kind);
  });

  test('folders for marked clips are known by their whole name', () => {
    expect(isMarkedFolder(['DCIM', 'IMP', '2026-08-04'])).toBe(true);
    expect(isMarkedFolder(['CARDV', 'RO'])).toBe(true);
    expect(isMarkedFolder(['DCIM', 'Event'])).toBe(true);
    expect(isMarkedFolder(['重点文件'])).toBe(true);
    expect(isMarkedFolder(['IMPORT', 'ROAD'])).toBe(false);
    expect(isMarkedFolder([])).toBe(false);
  });
});
