import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { type LongTool, type LongToolOptions, startLongTool } from './long-tool.ts';

const never = new AbortController().signal;
const started: LongTool[] = [];

afterEach(async () => {
  for (const tool of started.splice(0)) await tool.stop();
});

function start(options: Partial<LongToolOptions>): LongTool {
  const tool = startLongTool({
    command: 'sh',
    arguments: [],
    graceMs: 20,
    signal: never,
    ...options,
  });
  started.push(tool);
  return tool;
}

function shell(script: string, options: Partial<LongToolOptions> = {}): LongTool {
  return start({ arguments: ['-c', script], ...options });
}

function outputOf(tool: LongTool): Readable {
  if (tool.stdout === null) throw new Error('its output was not asked for');
  return tool.stdout;
}

/** Process numbers of a process group; the dead that nobody waited for are left out. */
async function membersOf(group: number | undefined): Promise<number[]> {
  const members: number[] = [];
  for (const name of await readdir('/proc')) {
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const [state, , ofGroup] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (Number(ofGroup) === group && state !== 'Z') members.push(Number(name));
  }
  return members;
}

async function untilGone(group: number | undefined): Promise<void> {
  while ((await membersOf(group)).length > 0) await new Promise(setImmediate);
}

/** Ignores the polite signal, has a child, says that it is ready. */
const stubborn = `trap '' TERM; sleep 1000 & echo ready; while :; do sleep 1000; done`;

test('passes bytes in and out', async () => {
  const tool = start({ command: 'tr', arguments: ['a-z', 'A-Z'], stdin: 'pipe', stdout: 'pipe' });
  tool.stdin?.end('stream');
  expect(await text(outputOf(tool))).toBe('STREAM');
  expect(await tool.ended).toEqual({ cause: 'finished', exitCode: 0, exitSignal: null, stderr: '' });
});

test('tells how it ended, with its last words only', async () => {
  const tool = shell('head -c 100000 /dev/zero | tr "\\0" x >&2; echo >&2; echo last >&2; exit 3');
  const end = await tool.ended;
  expect(end).toMatchObject({ cause: 'failed', exitCode: 3 });
  expect(end.stderr).toHaveLength(4_095);
  expect(end.stderr).toMatch(/x\nlast$/);
  expect(await start({ command: 'docket-no-such-tool' }).ended).toMatchObject({ cause: 'not-installed' });
  expect(await shell('kill -9 $$').ended).toMatchObject({ cause: 'failed', exitSignal: 'SIGKILL' });
});

test('gets nothing of our environment, and not the lifeline', async () => {
  process.env.DOCKET_TEST_SECRET = 'secret';
  const tool = shell('env; test -e /proc/$$/fd/3 || echo no lifeline', { stdout: 'pipe' });
  const said = await text(outputOf(tool));
  delete process.env.DOCKET_TEST_SECRET;
  expect(said).not.toContain('secret');
  expect(said).toContain('no lifeline');
});

test('ends in good order where it listens to the polite signal', async () => {
  const script = `trap 'echo bye >&2; exit 0' TERM; echo ready; while :; do sleep 0.01; done`;
  const tool = shell(script, { stdout: 'pipe', graceMs: 60_000 });
  await once(outputOf(tool), 'data');
  expect(await tool.stop()).toMatchObject({
    cause: 'stopped',
    exitCode: 0,
    stderr: expect.stringContaining('bye'),
  });
  await untilGone(tool.processId);
});

test('dies as a whole on abort, however stubborn', async () => {
  const stopping = new AbortController();
  const tool = shell(stubborn, { stdout: 'pipe', signal: stopping.signal });
  await once(outputOf(tool), 'data');
  expect((await membersOf(tool.processId)).length).toBeGreaterThan(2);
  stopping.abort();
  expect(await tool.ended).toMatchObject({ cause: 'stopped', exitSignal: 'SIGKILL' });
  await untilGone(tool.processId);
});

test('ends at once where the signal is aborted already', async () => {
  const tool = shell(stubborn, { signal: AbortSignal.abort() });
  expect(await tool.ended).toMatchObject({ cause: 'stopped' });
  await untilGone(tool.processId);
});

test('leaves nothing behind when it ends by itself', async () => {
  const tool = shell('sleep 1000 & exit 0');
  expect(await tool.ended).toMatchObject({ cause: 'finished' });
  await untilGone(tool.processId);
});

test.each(['SIGKILL', 'SIGTERM'] as const)('dies as a whole when this process gets %s', async (signal) => {
  const module = new URL('./long-tool.js', import.meta.url).href;
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { startLongTool } from ${JSON.stringify(module)};
       const tool = startLongTool({ command: 'sh', arguments: ['-c', ${JSON.stringify(stubborn)}],
         stdout: 'pipe', signal: new AbortController().signal });
       tool.stdout.once('data', () => console.log(tool.processId));
       process.once('SIGTERM', () => process.exit(1));`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const group = Number(said.toString());
  expect((await membersOf(group)).length).toBeGreaterThan(2);
  parent.kill(signal);
  await once(parent, 'exit');
  await untilGone(group);
});

test('a program of Node talks over its channel', async () => {
  const tool = start({
    command: process.execPath,
    arguments: [
      '-e',
      "process.on('message', (said) => { process.send({ heard: said }); process.disconnect(); })",
    ],
    hasChannel: true,
  });
  tool.child.send('stream');
  const [answer] = await once(tool.child, 'message');
  expect(answer).toEqual({ heard: 'stream' });
  expect(await tool.ended).toMatchObject({ cause: 'finished' });
});
