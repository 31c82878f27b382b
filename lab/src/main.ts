import { parseArgs } from 'node:util';
import { countLine } from './report.ts';
import { runAll } from './run-all.ts';
import { runProgram } from './run-program.ts';
import { savedState } from './saved-state.ts';
import { onTrial, scenarios } from './scenarios/index.ts';

const usage = `lab [options] [scenario…]
  --machines <n>         machines at a time (default 2)
  --budget-seconds <n>   begin no scenario after this (default: no limit)
  --settled              leave out the scenarios that are on trial
  --prepare              build what is missing, and run nothing
  --list                 name the scenarios`;

const say = (words: string) => console.log(words);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      machines: { type: 'string', default: '2' },
      'budget-seconds': { type: 'string', default: 'Infinity' },
      settled: { type: 'boolean', default: false },
      prepare: { type: 'boolean' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return tell(usage);
  if (values.list) return tell(scenarios.map(({ name, title }) => `${name}: ${title}`).join('\n'));
  const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) return complain(`no such scenario: ${unknown.join(', ')}`);
  const chosen = scenarios.filter(
    (scenario) =>
      (positionals.length === 0 || positionals.includes(scenario.name)) &&
      !(values.settled && onTrial.has(scenario)),
  );
  const obstacle = await obstacleToRunning();
  if (obstacle !== null)
    return tell(`The lab is skipped: ${obstacle}.\n0 passed, 0 failed, ${chosen.length} skipped`);
  const state = await savedState(say);
  if (values.prepare) return 0;
  const outcomes = await runAll({
    scenarios: chosen,
    state,
    machines: Number(values.machines),
    budgetMs: Number(values['budget-seconds']) * 1000,
    say,
  });
  say(`\n${countLine(outcomes)}`);
  return outcomes.some(({ result }) => result === 'failed') ? 1 : 0;
}

function tell(words: string): number {
  say(words);
  return 0;
}

function complain(words: string): number {
  console.error(words);
  return 2;
}

/** Why the lab cannot be run on this host, or `null`. */
async function obstacleToRunning(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'it needs root, to build the file system of its machine';
  const programs = [
    'qemu-system-x86_64',
    'mmdebstrap',
    'mke2fs',
    'mkfs.vfat',
    'mkfs.exfat',
    'mcopy',
    'nbdkit',
    'ffmpeg',
  ];
  for (const program of programs) {
    if (!(await succeeds('sh', '-c', `command -v ${program}`)))
      return `there is no ${program} (.ci/prepare lab)`;
  }
  if (!(await succeeds('apt-cache', 'show', 'linux-image-amd64'))) return "Debian's kernel cannot be had";
  return null;
}

async function succeeds(command: string, ...parameters: string[]): Promise<boolean> {
  return runProgram(command, parameters).then(
    () => true,
    () => false,
  );
}

// The machines go with us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
process.exitCode = await main();
