import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import type { YearOptions } from './true-year.ts';

export interface YearBenchOptions extends YearOptions {
  workFolder: string;
  outFolder: string | undefined;
}

export const yearUsage = `usage: node bench/dist/main.js year [options]

  --clips N        about how many clips (200000)
  --officers N     officers, an even number (40)
  --seed N         what the year is made from (1)
  --first-days N   working days over which statistics are asked, first alone and then among the rest (25)
  --work FOLDER    where the index is made and deleted (the temporary folder)
  --out FOLDER     also write year.md and year.json there
`;

/** Reads the arguments after the command's name. Throws TypeError or RangeError on what it cannot take. */
export function readYearOptions(argv: readonly string[]): YearBenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      clips: { type: 'string', default: '200000' },
      officers: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
      'first-days': { type: 'string', default: '25' },
      work: { type: 'string', default: tmpdir() },
      out: { type: 'string' },
    },
  });
  const officers = whole(values.officers, '--officers');
  if (officers % 2 !== 0) throw new RangeError('--officers is an even number: they go in pairs');
  return {
    clips: whole(values.clips, '--clips'),
    officers,
    seed: whole(values.seed, '--seed'),
    firstDays: whole(values['first-days'], '--first-days'),
    workFolder: values.work,
    outFolder: values.out,
  };
}

function whole(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${flag} is a whole number from 1`);
  return value;
}
