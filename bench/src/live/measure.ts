import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { busyCpuSeconds } from '../machine.ts';
import { runCommand } from '../run-command.ts';
import type { FieldFigures, FieldOrder, FieldReport } from './field-orders.ts';
import { cpuSecondsOf, memoryMibOf } from './process-cost.ts';
import type { Running, Subject } from './subjects.ts';

/** What one subject did with so many streams. */
export interface Measurement {
  subject: string;
  streams: number;
  /** Of one core, for all streams together. */
  cpuPercent: number;
  /** Recorders that are kept waiting by the machine send fewer pictures: this does not change with that. */
  cpuMicrosecondsPerPicture: number;
  memoryMib: number;
  /** From a picture written by the recorder to its first packet at the viewer; `null` where nobody watched. */
  delayMs: { p50: number; p99: number } | null;
  packets: number;
  packetsLost: number;
  picturesLost: number;
  sentPictures: number;
  /** `null` where nothing is recorded. */
  recordedPictures: number | null;
  /** The most that waited at the recorders because it was not read. */
  mostWaitingKib: number;
  /** What everything else on the machine used of one core, recorders and viewers included. */
  othersPercent: number;
}

const warmUpMs = 2_500;
const fieldModule = fileURLToPath(new URL('./field.js', import.meta.url));

/** Sends so many streams to the subject for some seconds, and counts. */
export async function measure(
  subject: Subject,
  count: number,
  { film, seconds, workFolder }: { film: string; seconds: number; workFolder: string },
): Promise<Measurement> {
  const folder = await mkdtemp(join(workFolder, 'docket-live-'));
  const field = fork(fieldModule);
  try {
    const running = await subject.start(count, folder);
    await order(field, { do: 'begin', film, streams: running.streams });
    await wait(warmUpMs);
    const window = await measureWindow(field, running, seconds);
    const end = await order(field, { do: 'end' });
    await running.stop();
    return {
      subject: subject.name,
      streams: count,
      ...window,
      packets: end.packets,
      packetsLost: end.packetsLost,
      picturesLost: end.picturesLost,
      sentPictures: sum(end.sentPictures),
      mostWaitingKib: end.mostWaitingBytes / 1024,
      recordedPictures: running.recorded === null ? null : await countPictures(await running.recorded()),
    };
  } finally {
    field.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureWindow(field: ChildProcess, running: Running, seconds: number) {
  await order(field, { do: 'measure' });
  const { sentPictures: sentBefore } = await order(field, { do: 'tell' });
  const before = await cpuSecondsOf(running.processIds);
  const busyBefore = busyCpuSeconds();
  const startedMs = performance.now();
  await wait(seconds * 1_000);
  const cpuSeconds = (await cpuSecondsOf(running.processIds)) - before;
  const elapsedSeconds = (performance.now() - startedMs) / 1_000;
  const othersSeconds = busyCpuSeconds() - busyBefore - cpuSeconds;
  const { delaysMs, sentPictures } = await order(field, { do: 'tell' });
  return {
    cpuPercent: (100 * cpuSeconds) / elapsedSeconds,
    cpuMicrosecondsPerPicture: (1e6 * cpuSeconds) / (sum(sentPictures) - sum(sentBefore)),
    memoryMib: await memoryMibOf(running.processIds),
    delayMs: delaysMs.length === 0 ? null : { p50: quantile(delaysMs, 0.5), p99: quantile(delaysMs, 0.99) },
    othersPercent: (100 * othersSeconds) / elapsedSeconds,
  };
}

const nothing: FieldFigures = {
  sentPictures: [],
  mostWaitingBytes: 0,
  packets: 0,
  packetsLost: 0,
  picturesLost: 0,
  delaysMs: [],
};

async function order(field: ChildProcess, order: FieldOrder): Promise<FieldFigures> {
  field.send(order);
  const [report] = (await once(field, 'message')) as [FieldReport];
  if (report.error !== null) throw new Error(report.error);
  return report.figures ?? nothing;
}

/** As ffprobe finds them in the files. */
async function countPictures(files: readonly string[]): Promise<number> {
  let count = 0;
  for (const file of files) {
    const told = await runCommand([
      ...['ffprobe', '-v', 'error', '-select_streams', 'v', '-count_packets'],
      ...['-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', file],
    ]);
    count += Number.parseInt(told, 10);
  }
  return count;
}

function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
