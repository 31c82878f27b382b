/** Prints what clip times are worth over thousands of simulated recorders: `npm run time`. */
import { parseArgs } from 'node:util';
import { fleetClasses } from './fleet-classes.ts';
import { simulateClass } from './simulate.ts';

const { values } = parseArgs({
  options: {
    recorders: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const recorders = Number(values.recorders);
const firstSeed = Number(values.seed);
const columns = [34, 8, 10, 10, 18, 10];
const line = (cells: readonly (string | number)[]) =>
  process.stdout.write(
    `${cells.map((cell, index) => String(cell)[index === 0 ? 'padEnd' : 'padStart'](columns[index] ?? 0)).join('  ')}\n`,
  );

line([`${recorders} recorders a class, seeds from ${firstSeed}`]);
line(['class', 'clips', 'bounded %', 'ends %', 'mean half-width s', 'violations']);
let violations = 0;
for (const fleet of fleetClasses) {
  const result = simulateClass(fleet, recorders, firstSeed);
  const percent = (part: number) => ((100 * part) / result.clips).toFixed(1);
  const width = result.meanHalfWidthMs === null ? '-' : (result.meanHalfWidthMs / 1000).toFixed(2);
  line([
    fleet.name,
    result.clips,
    percent(result.bounded),
    percent(result.boundedEnds),
    width,
    result.violations.length,
  ]);
  for (const { seed, claim } of result.violations.slice(0, 5)) line([`  seed ${seed}: ${claim}`]);
  violations += result.violations.length;
}
process.exitCode = violations === 0 ? 0 : 1;
