import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { partitionOffsetBytes, writeFat32Card } from './media/card-image.ts';
import { countLine } from './report.ts';
import { runAll } from './run-all.ts';
import { runProgram } from './run-program.ts';
import type { SavedState } from './saved-state.ts';
import type { Scenario } from './scenario.ts';

/** Never looked at by scenarios that are not run. */
const state: SavedState = {
  stateFile: '',
  parts: { kernel: '', initrd: '', rootDisk: '', docketDisk: '', dataDisk: '', throwaway: true },
};

function scenario(name: string): Scenario {
  return {
    name,
    title: 'never begun',
    missing: async () => 'no machine',
    run: () => Promise.reject(new Error()),
  };
}

test('when the time is up the rest are said not to have been run', async () => {
  const said: string[] = [];
  const scenarios = ['a', 'b', 'c'].map(scenario);
  const options = { scenarios, state, machines: 2, say: (words: string) => void said.push(words) };
  const inTime = await runAll({ ...options, budgetMs: 60_000 });
  expect(countLine(inTime)).toBe('0 passed, 0 failed, 3 skipped');
  const late = await runAll({ ...options, budgetMs: -1 });
  expect(countLine(late)).toBe('0 passed, 0 failed, 3 not run');
  expect(said.slice(0, 3).sort()).toEqual(['a', 'b', 'c'].map((name) => `- ${name} skipped: no machine`));
});

test('a card is one FAT32 partition that other tools read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docket-card-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [files, image] = [join(folder, 'files'), join(folder, 'card.img')];
  await runProgram('sh', ['-c', `mkdir -p ${files}/DCIM && echo footage >${files}/DCIM/A.MP4`]);
  await writeFat32Card(image, 'RECORDER', files, 48);
  const card = await open(image);
  onTestFinished(() => card.close());
  const record = (await card.read(Buffer.alloc(512), 0, 512, 0)).buffer;
  expect([record.readUInt16LE(510), record.readUInt8(450), record.readUInt32LE(454) * 512]).toEqual([
    0xaa55,
    0x0c,
    partitionOffsetBytes,
  ]);
  const shown = await runProgram('mtype', ['-i', `${image}@@${partitionOffsetBytes}`, '::/DCIM/A.MP4']);
  expect(shown).toBe('footage\n');
});
