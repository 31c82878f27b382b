import { forward } from './forward/forward.ts';
import { forwardUsage, readForwardOptions } from './forward/forward-options.ts';
import { live } from './live/live.ts';
import { liveUsage, readLiveOptions } from './live/live-options.ts';
import { readPullOptions, usage } from './options.ts';
import { pull } from './pull.ts';
import { scale } from './scale/scale.ts';
import { readScaleOptions, scaleUsage } from './scale/scale-options.ts';
import { runYear } from './year/year.ts';
import { readYearOptions, yearUsage } from './year/year-options.ts';

const [command, ...parameters] = process.argv.slice(2);
if (command === 'pull') {
  await pull(readPullOptions(parameters));
} else if (command === 'year') {
  await runYear(readYearOptions(parameters));
} else if (command === 'live') {
  await live(readLiveOptions(parameters));
} else if (command === 'forward') {
  await forward(readForwardOptions(parameters));
} else if (command === 'scale') {
  await scale(readScaleOptions(parameters));
} else {
  process.stderr.write(`${usage}\n${yearUsage}\n${liveUsage}\n${scaleUsage}\n${forwardUsage}`);
  process.exitCode = command === undefined ? 0 : 2;
}
