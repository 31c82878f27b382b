/** A disk that dies under the index and the footage in mid-session, in the kernel's own ways. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DyingDisk, whyNoDyingDisk } from '../../testing/dying-disk.ts';
import { probeWhole } from '../../testing/media-probe.ts';
import { expectSoundStore } from '../../testing/sound-store.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { readLiveSession, readLiveSessions } from '../live-queries.ts';
import { mediaOf } from '../testing/live-recordings.ts';

describe.skipIf(whyNoDyingDisk !== null)('a disk that in mid-session', () => {
  test.each([
    ['fails every write and flush', /EIO|SQLITE_IOERR/u, (disk: DyingDisk) => disk.pull()],
    ['becomes read-only', /EROFS|SQLITE_(?:READONLY|IOERR)/u, (disk: DyingDisk) => disk.findFault()],
  ])(
    '%s is told, and once it is back all that was durable stands',
    { timeout: 60_000 },
    async (_, told, die) => {
      const disk = DyingDisk.make();
      onTestFinished(() => disk.remove());
      const program = new URL('../testing/recording-process.js', import.meta.url).pathname;
      const child = spawn(process.execPath, [program, disk.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      let parts = 0;
      let failure = '';
      for await (const line of createInterface({ input: child.stdout })) {
        if (line.startsWith('failed ')) {
          failure = line;
          child.kill('SIGKILL');
        } else {
          const before = parts;
          parts = Number(line);
          if (before < 6 && parts >= 6) die(disk);
        }
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(failure).toMatch(told);
      disk.unmount();
      disk.mount();

      const dock = await TestDock.open({ root: disk.folder });
      await expectSoundStore(dock);
      const [clip] = await dock.clips();
      expect(clip).toMatchObject({ state: 'sealed', quarantine: null });
      if (clip === undefined) return;
      const { streams } = probeWhole(mediaOf(dock.ingest, clip));
      expect(streams[0]?.decodedFrames).toBeGreaterThanOrEqual(10 * (parts - 1));
      const { sessions } = await readLiveSessions(dock.ingest.database, {}, { before: null, limit: 10 });
      const session = await readLiveSession(dock.ingest.database, sessions[0]?.sessionId ?? '');
      expect(session).toMatchObject({ endCause: 'gateway-stopped', gaps: [{}] });
      await dock.close();
    },
  );
});
