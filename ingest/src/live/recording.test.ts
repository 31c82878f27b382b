import type { AccessUnit, LiveCodec, LiveDescription } from '@docket/device-protocol/live';
import { describe, expect, test } from 'vitest';
import { DockingIndex } from '../docking/docking-index.ts';
import { knownRecorder } from '../testing/index-rows.ts';
import { decodeComplaints, probeWhole } from '../testing/media-probe.ts';
import { expectSoundStore } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';
import { verifyStore } from '../verify/verify-store.ts';
import type { LiveRecording } from './live-recording.ts';
import { type EncodedFootage, encodedFootage } from './testing/encoded-footage.ts';

function description(footage: readonly EncodedFootage[]): LiveDescription {
  return { tracks: footage.map(({ track }) => track), refused: [], control: null, sdp: '' };
}

/** Units of several tracks in the order of their arrival, all `afterMs` later. */
function arriving(footage: readonly EncodedFootage[], afterMs: number): AccessUnit[] {
  return footage
    .flatMap(({ units }) => units)
    .map((unit) => ({ ...unit, arrival: { ...unit.arrival, atMs: unit.arrival.atMs + afterMs } }))
    .sort((left, right) => left.arrival.atMs - right.arrival.atMs);
}

async function recorded(
  dock: TestDock,
  footage: readonly EncodedFootage[],
  act: (recording: LiveRecording, units: AccessUnit[]) => void = (recording, units) => {
    for (const unit of units) recording.take(unit);
  },
): Promise<LiveRecording> {
  const { database, custody } = dock.ingest;
  const recorderId = await knownRecorder(new DockingIndex(database, custody), 'CAM001');
  const recording = await dock.ingest.live.begin({
    recorderId,
    way: 'pull-rtsp',
    description: description(footage),
  });
  act(recording, arriving(footage, Date.UTC(2026, 10, 22, 18, 22, 40)));
  await recording.end('operation-closed');
  return recording;
}

const codecs: LiveCodec[][] = [['h264'], ['h265'], ['h264', 'aac'], ['h265', 'pcma'], ['pcmu']];

describe('a live stream', () => {
  test.each(codecs)(
    'of %s %s is recorded whole: every unit is in the file, and ffmpeg has nothing against it',
    async (...names) => {
      const footage = names.map((codec, index) => encodedFootage({ codec, seconds: 3, index }));
      const dock = await TestDock.open();
      const recording = await recorded(dock, footage);
      expect(recording.failure).toBeNull();
      const [clip, ...others] = await dock.clips();
      expect(others).toEqual([]);
      expect(clip).toMatchObject({
        state: 'sealed',
        name: 'live_20261122T182240Z_0001.mp4',
        dockingId: null,
        liveSessionId: recording.sessionId,
        quarantine: null,
        kind: names[0]?.startsWith('h') ? 'video' : 'audio',
      });
      const media = dock.ingest.layout.mediaFile(clip?.clipId ?? '', clip?.name ?? '');
      expect(decodeComplaints(media)).toBe('');
      expect(probeWhole(media).streams.map(({ decodedFrames }) => decodedFrames)).toEqual(
        footage.map(({ units }) => units.length),
      );
      await expectSoundStore(dock);
      await dock.close();
      expect((await verifyStore(dock.store)).differences).toEqual([]);
    },
  );
});
