import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClipsCase, type ClipsResult, runClipsCase } from './cases/clips-case.ts';
import { runSlotsCase } from './cases/slots-case.ts';
import { describeMachine } from './machine.ts';
import type { PullOptions } from './options.ts';
import { copyOpenssl, copySha256sum, opensslOnce, sha256sumOnce } from './peers/copy-and-hash.ts';
import { otherDocket, thisDocket } from './peers/docket.ts';
import type { Peer } from './peers/peer.ts';
import { rclone } from './peers/rclone.ts';
import { rsync } from './peers/rsync.ts';
import type { PullReport } from './report/pull-report.ts';
import { reportMarkdown } from './report/report-markdown.ts';
import { versionOf } from './run-command.ts';

const everyPeer = [thisDocket, copySha256sum, copyOpenssl, rclone, rsync, opensslOnce, sha256sumOnce];
const smallClipBytes = 100_000;

/** Runs the cases asked for, prints the report and writes it where asked. */
export async function pull(options: PullOptions): Promise<void> {
  if ((await versionOf(['time', '--version'])) === null)
    throw new Error('GNU time is needed to measure CPU and memory: install the package `time`');
  const workFolder = await mkdtemp(join(options.workFolder, 'docket-bench-'));
  const stop = () => {
    void rm(workFolder, { recursive: true, force: true }).finally(() => process.exit(130));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const report = await measure(options, workFolder);
    const markdown = reportMarkdown(report);
    process.stdout.write(markdown);
    if (options.outFolder === undefined) return;
    await mkdir(options.outFolder, { recursive: true });
    await writeFile(join(options.outFolder, 'pull.md'), markdown);
    await writeFile(join(options.outFolder, 'pull.json'), `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function measure(options: PullOptions, workFolder: string): Promise<PullReport> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const machine = describeMachine();
  const startedAt = new Date().toISOString();
  const { peers, tools, skipped } = await availablePeers(options);
  const clips: ClipsResult[] = [];
  for (const clipsCase of clipsCases(options)) {
    clips.push(await runClipsCase(clipsCase, peers, options.rounds, workFolder, say));
  }
  const slots = options.cases.includes('slots') ? await runSlotsCase(options.rounds, workFolder, say) : null;
  return { startedAt, machine, rounds: options.rounds, tools, skipped, clips, slots };
}

function clipsCases(options: PullOptions): ClipsCase[] {
  const sizeMib = options.sizeBytes / 1024 ** 2;
  const cases: ClipsCase[] = [
    { name: 'single', title: `One clip of ${sizeMib} MiB`, clips: 1, clipBytes: options.sizeBytes },
    {
      name: 'small',
      title: `${options.smallClips} clips of 100 KB`,
      clips: options.smallClips,
      clipBytes: smallClipBytes,
    },
  ];
  return cases.filter(({ name }) => options.cases.includes(name));
}

async function availablePeers(
  options: PullOptions,
): Promise<{ peers: Peer[]; tools: string[]; skipped: PullReport['skipped'] }> {
  const wanted = [
    ...everyPeer,
    ...(options.beside === undefined ? [] : [otherDocket(options.beside)]),
  ].filter((peer) => options.only.length === 0 || options.only.some((part) => peer.name.includes(part)));
  const peers: Peer[] = [];
  const tools = new Set<string>();
  const skipped: PullReport['skipped'] = [];
  for (const peer of wanted) {
    const versions = await Promise.all(peer.tools.map(versionOf));
    const missing = peer.tools.find((_, index) => versions[index] === null);
    if (missing !== undefined) {
      skipped.push({ peer: peer.name, missing: missing[0] ?? '' });
      continue;
    }
    peers.push(peer);
    for (const version of versions) if (version !== null) tools.add(version);
  }
  return { peers, tools: [...tools], skipped };
}
