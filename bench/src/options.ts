import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export const caseNames = ['single', 'small', 'slots'] as const;
export type CaseName = (typeof caseNames)[number];

export interface PullOptions {
  cases: readonly CaseName[];
  rounds: number;
  /** Length of the one large clip. */
  sizeBytes: number;
  /** Clips in the case of many small ones. */
  smallClips: number;
  /** Names of the peers to run; empty for all. */
  only: readonly string[];
  /** Folder in which sources and copies are made, on the disk to be measured. */
  workFolder: string;
  /** Folder for `pull.json` and `pull.md`. */
  outFolder: string | undefined;
  /** Another built checkout of Docket, run beside this one. */
  beside: string | undefined;
}

export const usage = `usage: node bench/dist/main.js pull [options]

  --case NAME      single, small or slots; may be given more than once (all)
  --rounds N       rounds, each in a new random order (5)
  --size SIZE      length of the single clip, with K, M or G (1G)
  --clips N        small clips of 100 KB (3000)
  --only NAME      run only peers whose name contains NAME; may be given more than once
  --work FOLDER    where files are made and deleted; its disk is what is measured (the temporary folder)
  --out FOLDER     also write pull.json and pull.md there
  --beside FOLDER  run the Docket built in another checkout as a peer, for before and after
`;

/** Reads the arguments after the command's name. Throws TypeError or RangeError on what it cannot take. */
export function readPullOptions(argv: readonly string[]): PullOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      case: { type: 'string', multiple: true, default: [...caseNames] },
      rounds: { type: 'string', default: '5' },
      size: { type: 'string', default: '1G' },
      clips: { type: 'string', default: '3000' },
      only: { type: 'string', multiple: true, default: [] },
      work: { type: 'string', default: tmpdir() },
      out: { type: 'string' },
      beside: { type: 'string' },
    },
  });
  return {
    cases: values.case.map(caseName),
    rounds: positive(values.rounds, '--rounds'),
    sizeBytes: bytesOf(values.size),
    smallClips: positive(values.clips, '--clips'),
    only: values.only,
    workFolder: values.work,
    outFolder: values.out,
    beside: values.beside,
  };
}

function caseName(text: string): CaseName {
  const name = caseNames.find((known) => known === text);
  if (name === undefined) throw new RangeError(`--case is one of ${caseNames.join(', ')}`);
  return name;
}

function positive(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${flag} is a whole number from 1`);
  return value;
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

function bytesOf(text: string): number {
  const [, digits, unit] = /^(\d+)([KMG]?)$/u.exec(text) ?? [];
  const scale = unitBytes[unit ?? ''];
  if (digits === undefined || scale === undefined) throw new RangeError('--size is a length like 512M or 1G');
  return positive(digits, '--size') * scale;
}
