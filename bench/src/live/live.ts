import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeMachine, machineLine } from '../machine.ts';
import { shuffled } from '../statistics.ts';
import { encodeFilm, framesPerSecond, readFilm } from './film.ts';
import type { LiveBenchOptions } from './live-options.ts';
import { liveReport } from './live-report.ts';
import { type Measurement, measure } from './measure.ts';
import { subjects, subjectsBeside } from './subjects.ts';

/** What a live stream costs: every subject with every number of streams, in a random order, one after the other. */
export async function live({
  streams,
  seconds,
  only,
  workFolder,
  outFolder,
  besideFolder,
  rounds,
}: LiveBenchOptions): Promise<void> {
  const machine = machineLine(describeMachine());
  const folder = await mkdtemp(join(workFolder, 'docket-film-'));
  try {
    const film = join(folder, 'film.h264');
    await encodeFilm(film);
    const all = [...subjects, ...(besideFolder === undefined ? [] : subjectsBeside(besideFolder))];
    const chosen = all.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
    const measurements: Measurement[] = [];
    for (const count of streams) {
      const turns: Measurement[] = [];
      for (let round = 0; round < rounds; round += 1) {
        for (const subject of shuffled(chosen)) {
          const measured = await measure(subject, count, { film, seconds, workFolder });
          turns.push(measured);
          process.stderr.write(`${JSON.stringify(measured)}\n`);
        }
      }
      measurements.push(
        ...chosen.map(({ name }) => medianTurn(turns.filter(({ subject }) => subject === name))),
      );
    }
    const order = all.map(({ name }) => name);
    measurements.sort(
      (left, right) =>
        left.streams - right.streams || order.indexOf(left.subject) - order.indexOf(right.subject),
    );
    const report = liveReport(measurements, machine, await describeFilm(film, seconds));
    process.stdout.write(`${report}\n`);
    if (outFolder !== undefined) {
      await writeFile(join(outFolder, 'live.md'), `${report}\n`);
      await writeFile(join(outFolder, 'live.json'), `${JSON.stringify(measurements, null, 2)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The turn of median CPU, whole: its other figures belong to it. */
function medianTurn(turns: readonly Measurement[]): Measurement {
  const sorted = turns.toSorted(
    (left, right) => left.cpuMicrosecondsPerPicture - right.cpuMicrosecondsPerPicture,
  );
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (median === undefined) throw new RangeError('nothing was measured');
  return median;
}

async function describeFilm(film: string, seconds: number): Promise<string> {
  const { pictures } = await readFilm(film);
  const bytes = pictures.reduce((sum, picture) => sum + picture.bytes.length, 0);
  const packets = pictures.reduce((sum, { packetsAt }) => sum + packetsAt.length, 0);
  const megabits = (bytes * 8 * framesPerSecond) / pictures.length / 1e6;
  return `H.264 1080p${framesPerSecond}, ${megabits.toFixed(1)} Mbit/s, ${((packets * framesPerSecond) / pictures.length).toFixed(0)} packets a second; ${seconds} s each.`;
}
