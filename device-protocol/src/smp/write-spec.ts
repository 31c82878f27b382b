/**
 * Writes the generated parts of the protocol document anew: `node dist/smp/write-spec.js`. With `--check` it writes
 * nothing and ends with 1 where the document is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { describeSmp, spliceGenerated } from './describe.ts';

const documentUrl = new URL('../../spec/smp.md', import.meta.url);

const current = await readFile(documentUrl, 'utf8');
const wanted = spliceGenerated(current, describeSmp());
if (process.argv.includes('--check')) {
  if (wanted !== current) {
    console.error('spec/smp.md is stale; run write-spec without --check');
    process.exitCode = 1;
  }
} else if (wanted !== current) {
  await writeFile(documentUrl, wanted);
}
