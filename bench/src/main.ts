import { readPullOptions, usage } from './options.ts';
import { pull } from './pull.ts';

const [command, ...parameters] = process.argv.slice(2);
if (command === 'pull') {
  await pull(readPullOptions(parameters));
} else {
  process.stderr.write(usage);
  process.exitCode = command === undefined ? 0 : 2;
}
