/**
 * `npm run fuzz [-- word …]`: every property of a decoder with a million inputs each (DOCKET_FUZZ_RUNS), as compiled.
 * Words narrow it to files whose path holds one of them.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

const runs = process.env.DOCKET_FUZZ_RUNS ?? '1000000';
const words = process.argv.slice(2);
const files = ['device-protocol', 'ingest', 'gateway'].flatMap((room) =>
  readdirSync(`${room}/src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:fuzz|property)\.test\.ts$/u.test(file))
    .map((file) => `${room}/dist/${file.replace(/\.ts$/u, '.js')}`)
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word))),
);

const seconds = (fromMs) => `${((performance.now() - fromMs) / 1000).toFixed(1)} s`;
const startedMs = performance.now();
let failed = 0;
console.log(`${runs} inputs for each property, in ${files.length} files`);
for (const [index, file] of files.entries()) {
  const fileMs = performance.now();
  console.log(`[${index + 1}/${files.length}] ${file}`);
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', file, '--testTimeout=0', '--reporter=verbose'],
    { stdio: 'inherit', env: { ...process.env, DOCKET_FUZZ_RUNS: runs } },
  );
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) failed += 1;
  console.log(`[${index + 1}/${files.length}] ${code === 0 ? 'held' : 'BROKEN'} after ${seconds(fileMs)}`);
}
console.log(`${files.length - failed} files held, ${failed} broken, ${seconds(startedMs)}`);
process.exitCode = failed === 0 && files.length > 0 ? 0 : 1;
