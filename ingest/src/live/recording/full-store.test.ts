import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { decodeComplaints, probeWhole } from '../../testing/media-probe.ts';
import { smallFileSystem, whyNoMounts } from '../../testing/small-file-system.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { readLiveSession } from '../live-queries.ts';
import { encodedFootage } from '../testing/encoded-footage.ts';
import { arriving, beginRecording, later, mediaOf } from '../testing/live-recordings.ts';

describe.skipIf(whyNoMounts !== null)('a store that is full', () => {
  test('keeps what it took, tells the gap, and goes on by itself once there is room', {
    timeout: 60_000,
  }, async () => {
    const root = smallFileSystem('24m');
    const dock = await TestDock.open({ root });
    const footage = [encodedFootage({ codec: 'h264', seconds: 4 })];
    const recording = await beginRecording(dock.ingest, footage);
    const units = arriving(footage);
    const ballast = join(root, 'ballast');
    let round = 0;
    const play = async (isEnough: () => boolean) => {
      while (!isEnough()) {
        for (const unit of later(units, round * 4000)) recording.take(unit);
        round += 1;
        for (let turns = 0; turns < 50; turns += 1) await turn();
      }
    };
    await play(() => recording.lastPartMs !== null);
    await fill(ballast);
    await play(() => recording.failure !== null);
    await rm(ballast);
    await play(() => recording.failure === null);
    await recording.end('operation-closed');
    const session = await readLiveSession(dock.ingest.database, recording.sessionId);
    const [gap, ...others] = session?.gaps ?? [];
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ cause: 'store-failed' });
    expect(gap?.toAt).not.toBeNull();
    const clips = await dock.clips();
    expect(clips.filter(({ state }) => state === 'sealed').length).toBeGreaterThanOrEqual(2);
    for (const clip of clips) {
      if (clip.state !== 'sealed') {
        expect(clip.state).toBe('lost');
        continue;
      }
      expect(decodeComplaints(mediaOf(dock.ingest, clip))).toBe('');
      expect(await toldOf(dock, clip.clipId)).toEqual(foundIn(mediaOf(dock.ingest, clip)));
    }
  });
});

/** What the sealed record says of the pictures in the file: how many there are, and for how long they last. */
async function toldOf(dock: TestDock, clipId: string) {
  const record = JSON.parse(
    await readFile(join(dock.ingest.layout.sealedFolder(clipId), 'clip.json'), 'utf8'),
  );
  const lengthMs = Date.parse(record.time.end.value) - Date.parse(record.time.start.value);
  return { pictures: record.live.tracks[0].units, tenths: Math.round(lengthMs / 100) };
}

/** The same as ffprobe finds it; ten pictures a second. */
function foundIn(path: string) {
  const pictures = probeWhole(path).streams[0]?.shownSeconds.length;
  return { pictures, tenths: pictures };
}

/** Leaves room for the index alone. */
async function fill(ballast: string): Promise<void> {
  for (const bytes of [8_000_000, 4_000_000, 2_000_000, 1_000_000, 500_000, 250_000, 100_000]) {
    await writeFile(ballast, Buffer.alloc(bytes), { flag: 'a' }).catch(() => {});
  }
}
