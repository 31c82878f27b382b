import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccessUnit, VideoFormat } from '@docket/device-protocol/live';
import { describe, expect, test } from 'vitest';
import { decodeComplaints, probeWhole } from '../../testing/media-probe.ts';
import { expectSoundStore } from '../../testing/sound-store.ts';
import { TestDock } from '../../testing/test-dock.ts';
import type { LiveAlarm } from '../live-alarm.ts';
import { type LiveSessionDetail, readLiveSession } from '../live-queries.ts';
import type { LiveRecording } from '../live-recording.ts';
import { type EncodedFootage, encodedFootage } from '../testing/encoded-footage.ts';
import {
  arriving,
  beginRecording,
  descriptionOf,
  firstArrivalMs,
  later,
  mediaOf,
} from '../testing/live-recordings.ts';

/** What became of a stream: its session, the pictures shown of each segment, and nothing for ffmpeg to complain of. */
async function recorded(
  footage: readonly EncodedFootage[],
  play: (recording: LiveRecording, units: AccessUnit[]) => void,
  segmentSeconds = 300,
): Promise<{ session: LiveSessionDetail; shown: number[][]; alarms: LiveAlarm[]; records: SealedFacts[] }> {
  const dock = await TestDock.open({ live: { segmentSeconds } });
  const recording = await beginRecording(dock.ingest, footage);
  play(recording, arriving(footage));
  await recording.end('operation-closed');
  expect(recording.failure).toBeNull();
  const session = await readLiveSession(dock.ingest.database, recording.sessionId);
  if (session === null) throw new Error('the session is not there');
  const shown: number[][] = [];
  const records: SealedFacts[] = [];
  for (const clip of await dock.clips()) {
    records.push(await sealedFacts(dock, clip.clipId));
    expect(clip).toMatchObject({ state: 'sealed', quarantine: null });
    expect(decodeComplaints(mediaOf(dock.ingest, clip))).toBe('');
    shown.push(probeWhole(mediaOf(dock.ingest, clip)).streams[0]?.shownSeconds ?? []);
  }
  await expectSoundStore(dock);
  const { alarms } = await dock.ingest.caseWork.liveAlarms.list({}, { before: null, limit: 10 });
  return { session, shown, alarms, records };
}

interface SealedFacts {
  isBegunWithoutKeyFrame: boolean;
  tracks: { units: number }[];
  gaps: { cause: string }[];
  time: { start: { value: string }; end: { value: string } };
}

async function sealedFacts(dock: TestDock, clipId: string): Promise<SealedFacts> {
  const record = await readFile(join(dock.ingest.layout.sealedFolder(clipId), 'clip.json'), 'utf8');
  const { live, time } = JSON.parse(record) as { live: SealedFacts; time: SealedFacts['time'] };
  return { ...live, time };
}

const pictures = () => encodedFootage({ codec: 'h264', seconds: 4 });
const lost = { kind: 'feed-ended', how: 'connection-lost', words: 'the peer went away' } as const;
const takeAll = (recording: LiveRecording, units: readonly AccessUnit[]) => {
  for (const unit of units) recording.take(unit);
};
const atMs = (ms: number) => new Date(firstArrivalMs + ms).toISOString();

describe('segments', () => {
  test('end at the first key frame after their time, and no picture is lost between them', async () => {
    const { session, shown } = await recorded([pictures()], takeAll, 1.5);
    expect(shown.map(({ length }) => length)).toEqual([20, 20]);
    expect(shown.map(([first]) => first)).toEqual([0, 0]);
    expect(session.segments.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(session.gaps).toEqual([]);
  });

  test('end at the next key frame when they are cut', async () => {
    const { shown } = await recorded([pictures()], (recording, units) => {
      takeAll(recording, units.slice(0, 5));
      recording.cut();
      takeAll(recording, units.slice(5));
    });
    expect(shown.map(({ length }) => length)).toEqual([10, 30]);
  });

  test('begin with any picture where no key frame comes for five seconds', async () => {
    const footage = [encodedFootage({ codec: 'h264', seconds: 8, keyFrameEvery: 80 })];
    const dock = await TestDock.open();
    const recording = await beginRecording(dock.ingest, footage);
    const units = arriving(footage);
    takeAll(recording, units.slice(0, 10));
    recording.cut();
    takeAll(recording, units.slice(10));
    await recording.end('operation-closed');
    const told: SealedFacts[] = [];
    for (const { clipId } of await dock.clips()) told.push(await sealedFacts(dock, clipId));
    expect(told).toMatchObject([
      { isBegunWithoutKeyFrame: false, tracks: [{ units: 60 }] },
      { isBegunWithoutKeyFrame: true, tracks: [{ units: 20 }] },
    ]);
  });
});

describe('a stream that is gone for a while', () => {
  test('goes on in the same session, in another segment, with the gap told', async () => {
    const { session, shown } = await recorded([pictures()], (recording, units) => {
      takeAll(recording, units);
      recording.interrupt('stream-lost', lost);
      recording.resume(descriptionOf([pictures()]));
      takeAll(recording, later(units, 20_000));
    });
    expect(shown.map(({ length }) => length)).toEqual([40, 40]);
    expect(session.gaps).toMatchObject([{ cause: 'stream-lost', fromAt: atMs(3900), toAt: atMs(20_000) }]);
  });

  test('and comes back in another format is recorded in that format', async () => {
    const other = encodedFootage({ codec: 'h265', seconds: 2 });
    const { shown } = await recorded([pictures()], (recording, units) => {
      takeAll(recording, units);
      recording.interrupt('stream-lost', lost);
      recording.resume(descriptionOf([other]));
      takeAll(recording, later(arriving([other]), 20_000));
    });
    expect(shown.map(({ length }) => length)).toEqual([40, 20]);
  });
});

describe('media time', () => {
  test('that begins anew begins a new segment, and the turn is told', async () => {
    const { session, shown } = await recorded([pictures()], (recording, units) => {
      takeAll(recording, units);
      // A recorder that restarted its encoder: arrival goes on, its time stamps are others.
      const after = later(units, 4000);
      takeAll(
        recording,
        after.map((unit) => ({ ...unit, rtpTimestamp: (unit.rtpTimestamp + 123_456) % 2 ** 32 })),
      );
    });
    expect(shown.map(({ length }) => length)).toEqual([40, 40]);
    expect(session.gaps).toMatchObject([
      { cause: 'timestamp-reset', reason: { kind: 'time-stamps-anew', media: 'video', track: 0 } },
    ]);
    expect(session.gaps[0]?.detail).toBe('video track 0: time stamps begin anew');
  });

  test('shows what never came as time, in the same file, with the gap told', async () => {
    const { session, shown } = await recorded([pictures()], (recording, units) => {
      takeAll(recording, [...units.slice(0, 10), ...units.slice(20)]);
    });
    expect(shown).toHaveLength(1);
    expect(shown[0]).toHaveLength(30);
    expect(shown[0]?.slice(9, 11).map((seconds) => seconds.toFixed(1))).toEqual(['0.9', '2.0']);
    expect(session.gaps).toMatchObject([
      {
        cause: 'packets-lost',
        fromAt: atMs(1000),
        toAt: atMs(2000),
        reason: { kind: 'units-lost', units: 1, pictures: { damaged: 0, missingMs: 1000 } },
        detail: 'pictures: 1000 ms are missing',
      },
    ]);
    expect(session.gaps[0]?.reason).not.toHaveProperty('sound');
  });

  test('missing for longer than recorders pause between two files lies in no segment, though sound goes on', async () => {
    const sound = encodedFootage({ codec: 'aac', seconds: 12, index: 1 });
    const { session, shown, records } = await recorded([pictures(), sound], (recording, units) => {
      const again = later(
        units.filter(({ track }) => track.kind === 'video'),
        8000,
      );
      takeAll(
        recording,
        [...units, ...again].sort((one, other) => one.arrival.atMs - other.arrival.atMs),
      );
    });
    expect(shown.map(({ length }) => length)).toEqual([40, 40]);
    expect(session.gaps).toMatchObject([{ cause: 'packets-lost', toAt: atMs(8000) }]);
    const spans = records.map(({ time }) => [time.start.value, time.end.value].map(Date.parse));
    expect(Number(spans[1]?.[0]) - Number(spans[0]?.[1])).toBeGreaterThan(3900);
  });

  test('missing for long does not have what comes afterwards wait for a key frame', async () => {
    const footage = [pictures()];
    const dock = await TestDock.open();
    const recording = await beginRecording(dock.ingest, footage);
    const units = arriving(footage);
    takeAll(recording, [...units, ...later(units, 8000).slice(3)]);
    await recording.end('operation-closed');
    const told: SealedFacts[] = [];
    for (const { clipId } of await dock.clips()) told.push(await sealedFacts(dock, clipId));
    expect(told).toMatchObject([
      { isBegunWithoutKeyFrame: false, tracks: [{ units: 40 }] },
      { isBegunWithoutKeyFrame: true, tracks: [{ units: 37 }] },
    ]);
  });

  test('of damaged pictures goes on, and the damage is told once for all that lie close together', async () => {
    const { session, shown } = await recorded([pictures()], (recording, units) => {
      takeAll(
        recording,
        units.map((unit, index) => (index === 12 || index === 14 ? { ...unit, isWhole: false } : unit)),
      );
    });
    expect(shown.map(({ length }) => length)).toEqual([40]);
    const lost = { damaged: 2, missingMs: 0 };
    expect(session.gaps).toMatchObject([
      {
        cause: 'packets-lost',
        reason: { kind: 'units-lost', units: 2, pictures: lost },
        detail: 'pictures: 2 damaged',
      },
    ]);
  });

  test('that loses a picture, too short a time to be seen from its times alone, tells of it', async () => {
    const { session, shown } = await recorded([pictures()], (recording, units) => {
      const [lost, next] = [21, 22];
      takeAll(
        recording,
        units
          .map((unit, index) => (index === next ? { ...unit, lostPackets: 1 } : unit))
          .filter((_, index) => index !== lost),
      );
    });
    expect(shown.map(({ length }) => length)).toEqual([39]);
    expect(session.gaps).toMatchObject([
      { cause: 'packets-lost', reason: { pictures: { damaged: 0, missingMs: 100 } } },
    ]);
  });

  test('that ends in the middle of a picture has lost nothing', async () => {
    const { session, shown } = await recorded([pictures()], (recording, units) => {
      const last = units.length - 1;
      takeAll(
        recording,
        units.map((unit, index) => (index === last ? { ...unit, isWhole: false, isUnfinished: true } : unit)),
      );
    });
    expect(shown.map(({ length }) => length)).toEqual([40]);
    expect(session.gaps).toEqual([]);
  });

  test('by which the recorder’s clock jumps is told from its reports, and the footage goes on', async () => {
    const footage = pictures();
    const { session, shown, alarms } = await recorded([footage], (recording, units) => {
      for (const [index, unit] of units.entries()) {
        recording.take(unit);
        if (index % 10 !== 5) continue;
        const jumpMs = index > 20 ? 3_600_000 : 0;
        const { mediaTicks, rtpTimestamp, arrival } = unit;
        const report = {
          ssrc: 1,
          ntpMs: mediaTicks / 90 + jumpMs,
          rtpTimestamp,
          packetsSent: 0,
          bytesSent: 0,
        };
        recording.senderReport(footage.track, report, { ...arrival, sentNotBeforeMs: arrival.atMs - 30 });
      }
    });
    expect(shown.map(({ length }) => length)).toEqual([40]);
    expect(session.gaps).toMatchObject([
      { cause: 'clock-jump', reason: { kind: 'clock-moved', byMs: 3_600_000 } },
    ]);
    expect(alarms).toMatchObject([{ kind: 'clock-jump', reason: { kind: 'clock-moved' }, endedAt: null }]);
    expect(session.reports).toBe(4);
    const time = session.segments[0]?.time;
    expect(time?.doubts).toEqual([]);
    expect(time?.start).toMatchObject({ kind: 'bounded' });
    expect(Math.abs(Date.parse(time?.start.value ?? '') - firstArrivalMs)).toBeLessThanOrEqual(40);
  });
});

describe('a sealed record', () => {
  test('names the losses up to its very end', async () => {
    const { records } = await recorded([pictures()], (recording, units) => {
      takeAll(
        recording,
        units.map((unit, index) => (index === units.length - 1 ? { ...unit, isWhole: false } : unit)),
      );
    });
    expect(records).toMatchObject([{ gaps: [{ cause: 'packets-lost' }], gapCount: 1 }]);
  });
});

describe('a sender that turns at every picture', () => {
  const turning = {
    'its time stamps': (unit: AccessUnit, index: number) => ({
      ...unit,
      isKeyFrame: true,
      rtpTimestamp: (unit.rtpTimestamp + index * 7_000_000) % 2 ** 32,
    }),
    'its format': (unit: AccessUnit, index: number) => ({
      ...unit,
      isKeyFrame: true,
      format: {
        ...(unit.format as VideoFormat),
        pictureParameterSets: [Buffer.from([0x68, index % 2, 3])],
      },
    }),
  };
  test.each(Object.entries(turning))(
    '%s, fills neither store nor custody log',
    { timeout: 60_000 },
    async (_what, turn) => {
      const dock = await TestDock.open();
      const footage = [encodedFootage({ codec: 'h264', seconds: 4 })];
      const recording = await beginRecording(dock.ingest, footage);
      const units = arriving(footage);
      // Ten times forty pictures within a minute.
      for (let round = 0; round < 10; round += 1) {
        takeAll(
          recording,
          later(units, round * 4000).map((unit, index) => turn(unit, round * 40 + index)),
        );
      }
      await recording.end('operation-closed');
      const session = await readLiveSession(dock.ingest.database, recording.sessionId);
      expect(session?.segments).toHaveLength(60);
      expect(session?.gaps.length).toBeLessThanOrEqual(62);
      expect(session?.gaps.at(-1)).toMatchObject({ reason: { kind: 'turned-too-often' } });
      await expectSoundStore(dock);
    },
  );
});
