import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveRecorder, type Recorder, type RecorderDriver, RecorderError } from '@docket/device-protocol';
import { volumeDriver } from '@docket/device-protocol/transport';
import { expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { TestDock } from '../testing/test-dock.ts';

const bytes = Buffer.from('what came over the wire');
const sha256 = createHash('sha256').update(bytes).digest('hex');

/** A card in a recorder that hashes on its own. */
function hashingDriver(hashOnDevice: Recorder['hashOnDevice']): RecorderDriver {
  return {
    name: 'volume',
    open: async (attachment, signal) => {
      const recorder = await volumeDriver.open(attachment, signal);
      const capabilities = new Set([...recorder.capabilities, 'hashOnDevice' as const]);
      return deriveRecorder(recorder, { capabilities, hashOnDevice });
    },
  };
}

async function docked(hashOnDevice: Recorder['hashOnDevice'], compareDeviceHash = true) {
  const dock = await TestDock.open({ compareDeviceHash });
  await writeFile(join(dock.card, 'a.mp4'), bytes);
  const story = await dock.dock({ driver: hashingDriver(hashOnDevice) });
  return { dock, story, clip: await dock.clip('a.mp4') };
}

test('a recorder that hashes its clip to the same is believed', async () => {
  const { clip, story } = await docked(async () => sha256);
  expect(clip).toMatchObject({ state: 'sealed', sha256, quarantine: null });
  expect(story.last.phase).toBe('safe');
});

test('a clip that the recorder hashes otherwise is kept and quarantined, and the custody log says why', async () => {
  const other = 'f'.repeat(64);
  const { dock, clip, story } = await docked(async () => other);
  const quarantine = { reason: 'device-hash-differs', detail: expect.stringContaining(other) };
  expect(clip).toMatchObject({ state: 'sealed', sha256, quarantine });
  expect(story.last).toMatchObject({ phase: 'attention', safeToUndock: true });
  const { entries } = await listCustody(dock.ingest.database, {
    clipId: clip.clipId,
    after: null,
    limit: 50,
  });
  const sealed = entries.find(({ action }) => action === 'sealed');
  expect(JSON.parse(sealed?.entry ?? '{}')).toMatchObject({ details: { quarantine } });
});

test('a recorder that cannot say holds up nothing', async () => {
  const { clip } = await docked(() => Promise.reject(new RecorderError('RECORDER_SILENT', 'too slow')));
  expect(clip).toMatchObject({ state: 'sealed', quarantine: null });
});

test('a recorder is not asked where that is switched off', async () => {
  const { clip } = await docked(async () => 'f'.repeat(64), false);
  expect(clip).toMatchObject({ state: 'sealed', quarantine: null });
});
