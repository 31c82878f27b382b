/** A dock's end of a deposit, in a process that is killed as a piece goes out; its session stands in a file. */
import { writeFileSync } from 'node:fs';
import { HashPool, HttpArchive } from '@docket/ingest';

const { settings, deposit, sessionFile, dieAtPiece } = JSON.parse(process.argv[2] ?? '{}');
const archive = new HttpArchive({ settings, pool: new HashPool(1) });
let pieces = 0;
await archive.deposit(
  deposit,
  {
    session: null,
    keepSession: async (session) => writeFileSync(sessionFile, session ?? ''),
    take: async () => {
      pieces += 1;
      if (pieces === dieAtPiece) process.kill(process.pid, 'SIGKILL');
    },
    progress: () => {},
  },
  new AbortController().signal,
);
