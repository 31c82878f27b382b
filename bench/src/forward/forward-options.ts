import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export interface ForwardBenchOptions {
  cases: readonly string[];
  sizesMib: readonly number[];
  rounds: number;
  /** Only peers with one of these in their name. */
  only: readonly string[];
  workFolder: string;
}

export const forwardUsage = `usage: node bench/dist/main.js forward [options]

  --case NAME      clean, kill or important; may be given again (all)
  --sizes MIB,MIB  of the clip, for the case clean (64,256)
  --rounds N       of the case clean (3)
  --only NAME      only peers with this in their name; may be given again
  --work FOLDER    where clips and stores are made and deleted (the temporary folder)
`;

/** Reads the arguments after the command's name. Throws TypeError or RangeError on what it cannot take. */
export function readForwardOptions(argv: readonly string[]): ForwardBenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      case: { type: 'string', multiple: true, default: ['clean', 'kill', 'important'] },
      sizes: { type: 'string', default: '64,256' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      work: { type: 'string', default: tmpdir() },
    },
  });
  return {
    cases: values.case,
    sizesMib: values.sizes.split(',').map((text) => whole(text, '--sizes')),
    rounds: whole(values.rounds, '--rounds'),
    only: values.only,
    workFolder: values.work,
  };
}

function whole(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${flag} takes whole numbers from 1`);
  return value;
}
