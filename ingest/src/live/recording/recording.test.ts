import type { LiveCodec } from '@docket/device-protocol/live';
import { describe, expect, test } from 'vitest';
import { decodeComplaints, probeWhole } from '../../testing/media-probe.ts';
import { expectSoundStore } from '../../testing/sound-store.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { verifyStore } from '../../verify/verify-store.ts';
import type { LiveRecording } from '../live-recording.ts';
import { type EncodedFootage, encodedFootage } from '../testing/encoded-footage.ts';
import { arriving, beginRecording } from '../testing/live-recordings.ts';

async function recorded(dock: TestDock, footage: readonly EncodedFootage[]): Promise<LiveRecording> {
  const recording = await beginRecording(dock.ingest, footage);
  for (const unit of arriving(footage)) recording.take(unit);
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
