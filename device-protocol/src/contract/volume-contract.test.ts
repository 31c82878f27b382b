import { rename, rm } from 'node:fs/promises';
import type { RecorderDriver } from '../attachment.ts';
import { isolatedDriver } from '../isolation/isolated-driver.ts';
import { volumeDriver } from '../volume/volume-recorder.ts';
import { holdToContract, type TestSubject } from './testing/hold-to-contract.ts';
import { sampleCard } from './testing/sample-card.ts';

const leftOut = ['clock-bracketed', 'hash-is-of-the-bytes', 'clock-set'] as const;

async function volumeOnTrial(driver: RecorderDriver): Promise<TestSubject> {
  const { directory, known, remove } = await sampleCard(3_000_000);
  const attachment = { portPath: '1-1', instance: 'a', target: { type: 'volume', directory } } as const;
  return {
    open: (signal) => driver.open(attachment, signal),
    known,
    allows: { erase: true, setClock: true },
    longestReadBytes: 4_000_000,
    unplug: () => rename(directory, `${directory}.gone`),
    end: async () => {
      await remove();
      await rm(`${directory}.gone`, { recursive: true, force: true });
    },
  };
}

holdToContract('a volume', () => volumeOnTrial(volumeDriver), leftOut);

const isolated = isolatedDriver({ choice: { driver: 'volume' } });
holdToContract('a volume behind a driver process', () => volumeOnTrial(isolated), leftOut);
