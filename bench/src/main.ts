import { readPullOptions, usage } from './options.ts';
import { pull } from './pull.ts';
import { runYear } from './year/year.ts';
import { readYearOptions, yearUsage } from './year/year-options.ts';

const [command, ...parameters] = process.argv.slice(2);
if (command === 'pull') {
  await pull(readPullOptions(parameters));
} else if (command === 'year') {
  await runYear(readYearOptions(parameters));
} else {
  process.stderr.write(`${usage}\n${yearUsage}`);
  process.exitCode = command === undefined ? 0 : 2;
}
