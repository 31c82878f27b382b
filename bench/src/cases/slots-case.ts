import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SlotsMode, SlotsOrder, SlotsReport } from '../children/slots-report.ts';
import { loadNow, runCommand } from '../run-command.ts';
import { shuffled } from '../statistics.ts';
import { makeClips } from './make-clips.ts';

const program = fileURLToPath(new URL('../children/dock-slots.js', import.meta.url));

const slotCounts = [1, 4, 8, 16, 24] as const;
/** What a good recorder gives over USB 2. */
export const bytesPerSecond = 35_000_000;
/** Three seconds of one slot. */
const clipBytes = 3 * bytesPerSecond;

export interface SlotsRun {
  mode: SlotsMode;
  slots: number;
  round: number;
  load: number;
  /** Bytes a second of all slots together while pulling. */
  aggregateBytesPerSecond: number;
  /** Share of the slots' full rate that was kept while pulling. */
  kept: number;
  report: SlotsReport;
}

export interface SlotsResult {
  bytesPerSecond: number;
  clipBytes: number;
  runs: SlotsRun[];
}

/** Docks many slots at once at a steady rate each, beside hashing on the main thread and an idle process. */
export async function runSlotsCase(
  rounds: number,
  workFolder: string,
  say: (line: string) => void,
): Promise<SlotsResult> {
  const source = join(workFolder, 'slots-source');
  await makeClips(source, 1, clipBytes);
  const runs: SlotsRun[] = [];
  const settings = [
    { mode: 'idle', slots: 0 } as const,
    ...slotCounts.flatMap((slots) => [
      { mode: 'docket', slots } as const,
      { mode: 'hash-on-main', slots } as const,
    ]),
  ];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { mode, slots } of shuffled(settings)) {
      const run = await runSlots(mode, slots, source, join(workFolder, 'slots'));
      runs.push({ ...run, round });
      say(`  round ${round}: ${slots} slots, ${mode}, ${run.report.safeSeconds.toFixed(1)} s`);
    }
  }
  await rm(source, { recursive: true });
  return { bytesPerSecond, clipBytes, runs };
}

async function runSlots(
  mode: SlotsMode,
  slots: number,
  source: string,
  folder: string,
): Promise<Omit<SlotsRun, 'round'>> {
  await mkdir(folder);
  const order: SlotsOrder = { mode, slots, bytesPerSecond, source, store: join(folder, 'store') };
  const load = loadNow();
  const report: SlotsReport = JSON.parse(
    await runCommand([process.execPath, program, JSON.stringify(order)]),
  );
  await rm(folder, { recursive: true });
  await runCommand(['sync']);
  const aggregateBytesPerSecond = (slots * clipBytes) / report.pullSeconds;
  const kept = slots === 0 ? 0 : aggregateBytesPerSecond / (slots * bytesPerSecond);
  return { mode, slots, load, aggregateBytesPerSecond, kept, report };
}
