import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runTool, type ToolRun } from './run-tool.ts';

const never = new AbortController().signal;

function shell(script: string, rest: Partial<ToolRun> = {}): Promise<Buffer> {
  return runTool({
    command: 'sh',
    arguments: ['-c', script],
    timeoutMs: 60_000,
    graceMs: 20,
    maxOutputBytes: 1_000,
    signal: never,
    ...rest,
  });
}

/** Dead, or dead and not yet buried by whoever adopted it. */
async function isDead(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return status === null || status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
}

/** Leads a group that ignores the polite signal, says who is in it, and hangs. */
const stubborn = `trap '' TERM; sleep 1000 & echo "$$ $!" >&2; wait; while :; do sleep 1000; done`;

test('gives the output of what ends well, in lowest priority and a bare environment', async () => {
  expect((await shell('printf x')).toString()).toBe('x');
  process.env.DOCKET_TEST_SECRET = 'secret';
  expect((await shell('env')).toString()).not.toContain('secret');
  const nice = await shell('sleep 0; nice');
  expect(Number(nice.toString())).toBe(19);
});

test('tells of what ends badly, with its last words', async () => {
  await expect(shell('echo first >&2; echo last >&2; exit 3')).rejects.toMatchObject({
    fault: 'failed',
    stderr: 'first\nlast',
  });
  const run = { arguments: [], timeoutMs: 1_000, maxOutputBytes: 1, signal: never };
  await expect(runTool({ command: 'docket-no-such-tool', ...run })).rejects.toMatchObject({
    fault: 'not-installed',
  });
});

test('kills a hung group as a whole', async () => {
  const error = await shell(stubborn, { timeoutMs: 300 }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ fault: 'timed-out' });
  const pids = (error as { stderr: string }).stderr.split(' ').map(Number);
  expect(pids).toHaveLength(2);
  for (const pid of pids) while (!(await isDead(pid))) await new Promise(setImmediate);
});

test('kills what writes without end', async () => {
  await expect(shell('yes')).rejects.toMatchObject({ fault: 'too-much-output' });
});

test('kills on abort, and does not begin after it', async () => {
  const stopping = new AbortController();
  const run = shell('echo ready; exec sleep 1000', { signal: stopping.signal });
  stopping.abort();
  await expect(run).rejects.toMatchObject({ fault: 'stopped' });
  await expect(shell('printf x', { signal: stopping.signal })).rejects.toMatchObject({ fault: 'stopped' });
});

test('does not wait for what a tool leaves behind', async () => {
  expect((await shell('sleep 1000 & printf done')).toString()).toBe('done');
});
