import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveCodec, TrackFormat } from '@docket/device-protocol/live';
import { describe, expect, test } from 'vitest';
import { decodeComplaints, probeWhole } from '../../testing/media-probe.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { type EncodedFootage, encodedFootage } from '../testing/encoded-footage.ts';
import {
  codecString,
  fragment,
  initSegment,
  type Mp4Track,
  pictureTimes,
  type Sample,
  sampleData,
} from './index.ts';

/** A file with one fragment a so many units of each footage. */
async function written(footage: readonly EncodedFootage[], unitsPerFragment: number): Promise<string> {
  const tracks: Mp4Track[] = [];
  const fragments: Buffer[] = [];
  for (const [index, { track, units }] of footage.entries()) {
    const own: Mp4Track = {
      id: index + 1,
      ticksPerSecond: track.clockRateHz,
      format: footage[index]?.format as TrackFormat,
    };
    tracks.push(own);
    let after = -1;
    for (let from = 0; from < units.length; from += unitsPerFragment) {
      const group = units.slice(from, from + unitsPerFragment);
      const times = pictureTimes(
        group.map(({ mediaTicks }) => mediaTicks),
        after,
      );
      after = times.at(-1)?.decodeTicks ?? after;
      const samples = group.map((unit, position): Sample => {
        const time = times[position];
        const next = times[position + 1]?.decodeTicks ?? (time?.decodeTicks ?? 0) + track.clockRateHz / 50;
        return {
          data: sampleData(unit),
          durationTicks: next - (time?.decodeTicks ?? 0),
          compositionOffsetTicks: time?.compositionOffsetTicks ?? 0,
          isKeyFrame: unit.isKeyFrame,
        };
      });
      const startTicks = times[0]?.decodeTicks ?? 0;
      fragments.push(fragment(fragments.length + 1, [{ track: own, startTicks, samples }]));
    }
  }
  const file = join(await temporaryFolder(), 'media.mp4');
  await writeFile(file, Buffer.concat([initSegment(tracks), ...fragments]));
  return file;
}

const codecs: [LiveCodec, string, string][] = [
  ['h264', 'h264', 'avc1'],
  ['h265', 'hevc', 'hvc1'],
  ['aac', 'aac', 'mp4a'],
  ['pcma', 'pcm_alaw', 'alaw'],
  ['pcmu', 'pcm_mulaw', 'ulaw'],
];

describe('a file of fragments', () => {
  test.each(codecs)(
    'of %s is read whole by ffmpeg, every unit at its time, without a word against it',
    async (codec, name, tag) => {
      const footage = encodedFootage({ codec, seconds: 2 });
      for (const unitsPerFragment of [1, 7]) {
        const { complaints, streams } = probeWhole(await written([footage], unitsPerFragment));
        expect(complaints).toBe('');
        const [stream] = streams;
        expect(stream).toMatchObject({ codec: name, tag, decodedFrames: footage.units.length });
        const seconds = footage.units.map(({ mediaTicks }) => mediaTicks / footage.track.clockRateHz);
        expect(stream?.shownSeconds.map((at) => at.toFixed(3))).toEqual(seconds.map((at) => at.toFixed(3)));
      }
    },
  );

  test.each([
    ['h264', 'aac'],
    ['h265', 'pcma'],
  ] as const)('of %s with %s is decoded by ffmpeg, GStreamer and mpv', async (video, audio) => {
    const footage = [
      encodedFootage({ codec: video, seconds: 2 }),
      encodedFootage({ codec: audio, seconds: 2, index: 1 }),
    ];
    const file = await written(footage, 5);
    expect(decodeComplaints(file)).toBe('');
    expect(gstreamerPictures(file, video)).toBe(20);
    const mpv = spawnSync(
      'mpv',
      ['--no-config', '--vo=null', '--ao=null', '--untimed', '--msg-level=all=warn', file],
      { encoding: 'utf8' },
    );
    expect({ status: mpv.status, said: mpv.stderr }).toEqual({ status: 0, said: '' });
  });

  test('keeps pictures that are shown before ones decoded earlier at their times', async () => {
    const footage = encodedFootage({ codec: 'h264', seconds: 2, bPictures: 2 });
    const shown = footage.units.map(({ mediaTicks }) => mediaTicks);
    expect(shown).not.toEqual([...shown].sort((left, right) => left - right));
    const { complaints, streams } = probeWhole(await written([footage], 100));
    expect(complaints).toBe('');
    expect(streams[0]?.shownSeconds).toHaveLength(20);
    const [first = 0, second = 0, last = 0] = [0, 1, 19].map((at) => streams[0]?.shownSeconds[at] ?? 0);
    expect(second - first).toBeCloseTo(0.1);
    expect(last - first).toBeCloseTo(1.9);
  });
});

describe('what a browser is asked with', () => {
  test.each([
    ['h264', /^avc1\.42c00[a-f\d]$/u],
    ['h265', /^hvc1\.1\.6\.L\d+\.90$/u],
    ['aac', /^mp4a\.40\.2$/u],
    ['pcma', /^alaw$/u],
  ] as const)('for %s names profile and level as the stream has them', (codec, expected) => {
    expect(codecString(encodedFootage({ codec, seconds: 2 }).format)).toMatch(expected);
  });
});

/** Pictures that GStreamer's own demuxer and decoder make of a file. */
function gstreamerPictures(file: string, codec: 'h264' | 'h265'): number {
  const decoder = codec === 'h264' ? ['h264parse', '!', 'avdec_h264'] : ['h265parse', '!', 'avdec_h265'];
  const run = spawnSync(
    'gst-launch-1.0',
    [
      '-v',
      'filesrc',
      `location=${file}`,
      '!',
      'qtdemux',
      '!',
      ...decoder,
      '!',
      'identity',
      'silent=false',
      '!',
      'fakesink',
      'sync=false',
    ],
    { encoding: 'utf8', env: { ...process.env, GST_DEBUG: '2' }, maxBuffer: 2 ** 26 },
  );
  return [...run.stdout.matchAll(/last-message = chain/gu)].length;
}
