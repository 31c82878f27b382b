import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FaultProxy } from '@docket/ingest/archive-peers';
import { table } from '../report/table.ts';
import { runCommand } from '../run-command.ts';
import { withEnvironment } from './clean-case.ts';
import { freshStore, makeClip, makeSource } from './footage.ts';
import type { ForwardArchive } from './forward-archive.ts';
import { runToEnd } from './kill-case.ts';
import type { ForwardPeer } from './peers.ts';

const clips = 16;
const sizeMib = 16;
const lineBytesPerSecond = 12.5e6;
const lateAfterSeconds = 3;

/**
 * An important clip that comes in behind a full backlog on a line of 100 Mbit/s. Docket finds its order by itself; of the
 * others a second copy is started for it beside the first, as an operator would.
 */
export async function importantCase(
  archive: ForwardArchive,
  peers: readonly ForwardPeer[],
  root: string,
): Promise<string> {
  const folder = join(root, 'important');
  const names = Array.from({ length: clips }, (_, index) => `clip-${String(index).padStart(2, '0')}.mp4`);
  const source = await makeSource(folder, names, sizeMib);
  const late = join(folder, 'late');
  await mkdir(late);
  await makeClip(join(late, 'late_IMP.mp4'), sizeMib);
  const rows: string[][] = [];
  for (const [number, peer] of peers.entries()) {
    const fresh = await freshStore(source, folder, number);
    const proxy = await FaultProxy.open(Number(new URL(archive.endpoint).port));
    proxy.bytesPerSecond = lineBytesPerSecond;
    try {
      const destination = await archive.destination(proxy.url, peer.isLocked);
      const startedMs = performance.now();
      const seconds = peer.knowsImportant
        ? await inOrder(
            await peer.command(fresh, destination, { folder: late, afterSeconds: lateAfterSeconds }),
          )
        : await besides(peer, fresh, destination, late);
      const allSeconds = (performance.now() - startedMs) / 1000;
      rows.push([peer.name, seconds.toFixed(1), allSeconds.toFixed(1), peer.end]);
      process.stderr.write(`${rows.at(-1)?.join(', ')}\n`);
    } finally {
      await proxy.close();
    }
    await rm(fresh.store, { recursive: true });
  }
  await rm(folder, { recursive: true });
  return table(['', 'important clip after s', 'everything after s', 'what stands then'], rows);
}

type Prepared = Awaited<ReturnType<ForwardPeer['command']>>;

async function inOrder({ command, environment }: Prepared): Promise<number> {
  const printed = await runCommand([...withEnvironment(environment), ...command]);
  const lines: { name?: string; docked?: boolean; atSeconds: number }[] = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const docked = lines.find((line) => line.docked)?.atSeconds ?? Number.NaN;
  const receipted = lines.find(({ name }) => name === 'late_IMP.mp4')?.atSeconds ?? Number.NaN;
  return receipted - docked;
}

async function besides(
  peer: ForwardPeer,
  source: Parameters<ForwardPeer['command']>[0],
  destination: Parameters<ForwardPeer['command']>[1],
  late: string,
): Promise<number> {
  const all = await peer.command(source, destination);
  const backlog = runToEnd([...withEnvironment(all.environment), ...all.command]);
  await delay(lateAfterSeconds * 1000);
  const one = await peer.command({ ...source, folder: late }, destination);
  const startedMs = performance.now();
  await runToEnd([...withEnvironment(one.environment), ...one.command]);
  const seconds = (performance.now() - startedMs) / 1000;
  await backlog;
  return seconds;
}
