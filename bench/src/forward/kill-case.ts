import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FaultProxy } from '@docket/ingest/archive-peers';
import { table } from '../report/table.ts';
import { withEnvironment } from './clean-case.ts';
import { freshStore, makeSource } from './footage.ts';
import type { ForwardArchive } from './forward-archive.ts';
import type { ForwardPeer } from './peers.ts';

const sizeMib = 256;
const killAtShare = 0.55;
/** Slow enough that the kill meets the upload and not its end. */
const lineBytesPerSecond = 40e6;

/** SIGKILL in the midst of an upload, then the same again to its end: what was sent for one clip, and what was left behind. */
export async function killCase(
  archive: ForwardArchive,
  peers: readonly ForwardPeer[],
  root: string,
): Promise<string> {
  const folder = join(root, 'kill');
  const source = await makeSource(folder, ['clip.mp4'], sizeMib);
  const rows: string[][] = [];
  for (const [number, peer] of peers.entries()) {
    const fresh = await freshStore(source, folder, number);
    const proxy = await FaultProxy.open(Number(new URL(archive.endpoint).port));
    proxy.bytesPerSecond = lineBytesPerSecond;
    try {
      const destination = await archive.destination(proxy.url, peer.isLocked);
      const { command, environment } = await peer.command(fresh, destination);
      const all = [...withEnvironment(environment), ...command];
      const killedAtBytes = await killAfter(all, () => proxy.carried.up, killAtShare * sizeMib * 2 ** 20);
      const code = await runToEnd(all);
      rows.push([
        peer.name,
        `${((killedAtBytes / (sizeMib * 2 ** 20)) * 100).toFixed(0)} %`,
        (proxy.carried.up / (sizeMib * 2 ** 20)).toFixed(2),
        String(await archive.orphans(destination)),
        code === 0 ? 'yes' : `no, code ${code}`,
      ]);
      process.stderr.write(`${rows.at(-1)?.join(', ')}\n`);
    } finally {
      await proxy.close();
    }
    await rm(fresh.store, { recursive: true });
  }
  await rm(folder, { recursive: true });
  return table(
    ['', 'killed at', 'bytes sent for one of the clip', 'orphan uploads', 'done at the second go'],
    rows,
  );
}

async function killAfter(
  command: readonly string[],
  sentBytes: () => number,
  atBytes: number,
): Promise<number> {
  const child = start(command);
  const ended = once(child, 'close');
  const over = new AbortController();
  void ended.then(() => over.abort());
  while (sentBytes() < atBytes && !over.signal.aborted) {
    await delay(5, undefined, { signal: over.signal }).catch(() => {});
  }
  const at = sentBytes();
  // The whole group: some peers are a script around their program.
  if (child.pid !== undefined && !over.signal.aborted) process.kill(-child.pid, 'SIGKILL');
  await ended;
  return at;
}

export async function runToEnd(command: readonly string[]): Promise<number | null> {
  const child = start(command);
  const [code] = await once(child, 'close');
  return code;
}

function start([program = '', ...parameters]: readonly string[]) {
  return spawn(program, parameters, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
}
