import { join } from 'node:path';
import type { RecorderDriver } from '../attachment.ts';
import { isolatedDriver } from '../isolation/isolated-driver.ts';
import { startSmpRecorder } from '../simulator/index.ts';
import { smpDriver } from '../transport/smp-links.ts';
import { holdToContract, type TestSubject } from './testing/hold-to-contract.ts';
import { sampleCard } from './testing/sample-card.ts';

async function serialRecorder(driver: RecorderDriver): Promise<TestSubject> {
  const card = await sampleCard(200_000);
  const link = join(card.directory, '..', `port-${process.hrtime.bigint()}`);
  const recorder = await startSmpRecorder({ folder: card.directory, link });
  const target = { type: 'serial', devicePath: link, baudRate: 115200 } as const;
  return {
    open: (signal) => driver.open({ portPath: '1-1', instance: 'a', target }, signal),
    known: card.known,
    allows: { erase: true, setClock: true },
    longestReadBytes: 300_000,
    unplug: () => recorder.unplug(),
    end: async () => {
      await recorder.close();
      await card.remove();
    },
  };
}

holdToContract('SMP on a serial line', () => serialRecorder(smpDriver));

const isolated = isolatedDriver({ choice: { driver: 'smp' } });
holdToContract('SMP on a serial line behind a driver process', () => serialRecorder(isolated));
