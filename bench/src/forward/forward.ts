import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Ceph, whyNoCeph } from '@docket/ingest/archive-peers';
import { describeMachine, machineLine } from '../machine.ts';
import { versionOf } from '../run-command.ts';
import { cleanCase } from './clean-case.ts';
import { ForwardArchive } from './forward-archive.ts';
import type { ForwardBenchOptions } from './forward-options.ts';
import { importantCase } from './important-case.ts';
import { killCase } from './kill-case.ts';
import { type ForwardPeer, forwardPeers } from './peers.ts';

/** Forwarding to a Ceph of its own, side by side with what one would use instead. */
export async function forward(options: ForwardBenchOptions): Promise<void> {
  if (whyNoCeph !== null) throw new Error(whyNoCeph);
  process.stdout.write(`Machine: ${machineLine(describeMachine())}.\n`);
  const peers = await presentPeers(options.only);
  const root = await mkdtemp(join(options.workFolder, 'docket-forward-'));
  const ceph = await Ceph.start();
  try {
    const archive = new ForwardArchive(ceph);
    const cases: Record<string, () => Promise<string>> = {
      clean: () => cleanCase(archive, peers, { ...options, root }),
      kill: () => killCase(archive, peers, root),
      important: () => importantCase(archive, peers, root),
    };
    for (const name of options.cases) {
      process.stdout.write(`\n### ${name}\n\n${(await cases[name]?.()) ?? 'no such case'}\n`);
    }
  } finally {
    await ceph.stop();
    await rm(root, { recursive: true, force: true });
  }
}

/** Peers whose tool is there; the others are named. */
async function presentPeers(only: readonly string[]): Promise<ForwardPeer[]> {
  const present: ForwardPeer[] = [];
  for (const peer of forwardPeers) {
    if (only.length > 0 && !only.some((part) => peer.name.includes(part))) continue;
    const version = await versionOf(peer.tool);
    process.stdout.write(`${peer.name}: ${version ?? 'not there, skipped'}\n`);
    if (version !== null) present.push(peer);
  }
  return present;
}
