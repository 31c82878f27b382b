/** `docket archive serve` as a test runs it: the command itself, in a process that may die at a step. */
import { type Step, stepChannel } from '@docket/ingest';
import { main } from '../../cli/main.ts';

const [, config = '', dieAt = '', nth = '1'] = process.argv.slice(2);
let passed = 0;
if (dieAt !== '') {
  stepChannel.subscribe((message) => {
    if ((message as Step).name !== dieAt) return;
    passed += 1;
    if (passed === Number(nth)) process.kill(process.pid, 'SIGKILL');
  });
}
await main(['archive', 'serve', '--config', config]);
