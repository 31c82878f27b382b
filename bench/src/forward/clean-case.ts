import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from '../report/table.ts';
import { type Cost, isNoisy, runTimed } from '../run-command.ts';
import { shuffled, spreadOf } from '../statistics.ts';
import { freshStore, makeSource } from './footage.ts';
import type { ForwardArchive } from './forward-archive.ts';
import type { ForwardPeer } from './peers.ts';

interface CleanRun {
  peer: string;
  sizeMib: number;
  cost: Cost;
}

/** One clip over a line without faults: time, CPU and memory, until what the peer calls done. */
export async function cleanCase(
  archive: ForwardArchive,
  peers: readonly ForwardPeer[],
  { sizesMib, rounds, root }: { sizesMib: readonly number[]; rounds: number; root: string },
): Promise<string> {
  const runs: CleanRun[] = [];
  for (const sizeMib of sizesMib) {
    const folder = join(root, `clean-${sizeMib}`);
    const source = await makeSource(folder, ['clip.mp4'], sizeMib);
    for (let round = 0; round < rounds; round += 1) {
      for (const peer of shuffled(peers)) {
        const fresh = await freshStore(source, folder, round);
        const destination = await archive.destination(archive.endpoint, peer.isLocked);
        const { command, environment } = await peer.command(fresh, destination);
        const timed = await runTimed([...withEnvironment(environment), ...command], join(root, 'time'));
        runs.push({ peer: peer.name, sizeMib, cost: timed });
        process.stderr.write(`${peer.name}, ${sizeMib} MiB: ${timed.wallSeconds.toFixed(1)} s\n`);
        await rm(fresh.store, { recursive: true });
      }
    }
    await rm(folder, { recursive: true });
  }
  return table(
    [
      '',
      'MiB',
      'wall s',
      'MB/s',
      'CPU s/GB',
      'CPU beside Docket’s',
      'max RSS MiB',
      'noisy runs',
      'what stands then',
    ],
    peers.flatMap((peer) => sizesMib.map((sizeMib) => row(peer, sizeMib, runs))),
  );
}

function row(peer: ForwardPeer, sizeMib: number, runs: readonly CleanRun[]): string[] {
  const costsOf = (name: string) =>
    runs.filter((run) => run.peer === name && run.sizeMib === sizeMib).map(({ cost }) => cost);
  const costs = costsOf(peer.name);
  const gigabytes = (sizeMib * 2 ** 20) / 1e9;
  const cpu = (of: readonly Cost[]) =>
    spreadOf(of.map(({ userSeconds, systemSeconds }) => (userSeconds + systemSeconds) / gigabytes)).median;
  const wall = spreadOf(costs.map(({ wallSeconds }) => wallSeconds));
  const ours = costsOf('Docket');
  return [
    peer.name,
    String(sizeMib),
    `${wall.median.toFixed(2)} [${wall.least.toFixed(2)}..${wall.greatest.toFixed(2)}]`,
    ((gigabytes * 1000) / wall.median).toFixed(0),
    cpu(costs).toFixed(2),
    ours.length === 0 ? '–' : (cpu(costs) / cpu(ours)).toFixed(2),
    spreadOf(costs.map(({ maxRssMib }) => maxRssMib)).median.toFixed(0),
    `${costs.filter(isNoisy).length} of ${costs.length}`,
    peer.end,
  ];
}

/** As arguments of `env`; an empty value takes the variable away. */
export function withEnvironment(environment: Record<string, string>): string[] {
  const entries = Object.entries(environment);
  return [
    'env',
    ...entries.filter(([, value]) => value === '').flatMap(([name]) => ['-u', name]),
    ...entries.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${value}`),
  ];
}
