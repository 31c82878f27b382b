import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export interface LiveBenchOptions {
  streams: readonly number[];
  seconds: number;
  /** Only subjects with one of these in their name. */
  only: readonly string[];
  workFolder: string;
  outFolder: string | undefined;
  /** Another tree of Docket, built, that takes turns with this one. */
  besideFolder: string | undefined;
  rounds: number;
}

export const liveUsage = `usage: node bench/dist/main.js live [options]

  --streams N,N    how many streams at once (1,6,12,24)
  --seconds N      how long each is measured (10)
  --only NAME      only what has this in its name; may be given again
  --rounds N       how often each takes its turn (1); the one of median CPU is told
  --beside FOLDER  measures the Docket that is built in that folder as well
  --work FOLDER    where the film and recordings are made and deleted (the temporary folder)
  --out FOLDER     also write live.md and live.json there
`;

/** Reads the arguments after the command's name. Throws TypeError or RangeError on what it cannot take. */
export function readLiveOptions(argv: readonly string[]): LiveBenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      streams: { type: 'string', default: '1,6,12,24' },
      seconds: { type: 'string', default: '10' },
      only: { type: 'string', multiple: true, default: [] },
      work: { type: 'string', default: tmpdir() },
      out: { type: 'string' },
      beside: { type: 'string' },
      rounds: { type: 'string', default: '1' },
    },
  });
  return {
    streams: values.streams.split(',').map((text) => whole(text, '--streams')),
    seconds: whole(values.seconds, '--seconds'),
    only: values.only,
    workFolder: values.work,
    outFolder: values.out,
    besideFolder: values.beside,
    rounds: whole(values.rounds, '--rounds'),
  };
}

function whole(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${flag} takes whole numbers from 1`);
  return value;
}
