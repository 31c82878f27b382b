import type { ClipsResult } from '../cases/clips-case.ts';
import type { SlotsResult } from '../cases/slots-case.ts';
import { machineLine } from '../machine.ts';
import { copyOpenssl, copySha256sum, opensslOnce, sha256sumOnce } from '../peers/copy-and-hash.ts';
import { thisDocket } from '../peers/docket.ts';
import { rclone } from '../peers/rclone.ts';
import { rsync } from '../peers/rsync.ts';
import { isNoisy } from '../run-command.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { type Aim, clipsAims, slotsAims } from './aims.ts';
import type { PullReport } from './pull-report.ts';
import { cpuSeconds, ratioOf, runsOf } from './ratios.ts';
import { table } from './table.ts';

/** The report for people. */
export function reportMarkdown(report: PullReport): string {
  const sections = [
    `# bench pull, ${report.startedAt}`,
    `Machine: ${machineLine(report.machine)}.\nPeers: ${report.tools.join('; ')}.\n${report.rounds} rounds, peers in a new random order in each; median [least..greatest].`,
    ...report.skipped.map(({ peer, missing }) => `Skipped: ${peer}, for want of \`${missing}\`.`),
    ...report.clips.map(clipsSection),
    ...(report.slots === null ? [] : [slotsSection(report.slots)]),
    ...(report.clips.length === 0 ? [] : [guaranteeSection()]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function clipsSection(result: ClipsResult): string {
  const names = [...new Set(result.runs.map((run) => run.peer))].sort((left, right) =>
    left === thisDocket.name ? -1 : right === thisDocket.name ? 1 : left.localeCompare(right),
  );
  const head = [
    '',
    'wall s',
    'user+sys s',
    'CPU s/GB',
    'max RSS MiB',
    'Docket over this: wall, CPU',
    'noisy runs',
  ];
  const bounds = [opensslOnce.name, sha256sumOnce.name].filter((bound) => names.includes(bound));
  const rows = names.map((name) => [...peerCells(result, name), ...bounds.map(overBound(result, name))]);
  const cached = result.runs.filter((run) => run.cachedBytes > 0);
  const agreement =
    result.digestsAgree.length === 0
      ? 'No digests to compare.'
      : `SHA-256 of every clip agrees: ${result.digestsAgree.join(', ')}.`;
  return [
    `## ${result.title}`,
    table([...head, ...bounds.map((bound) => `CPU over ${bound}`)], rows),
    `${agreement} Docket's files ${result.bytesCompared ? 'are' : 'were not compared; whether they are'} the source's, byte by byte.`,
    'A run is noisy where others used more than a quarter of the machine meanwhile; none is left out.',
    ...(cached.length === 0 ? [] : [`The cache was not wholly dropped in ${cached.length} runs.`]),
    aimsTable(clipsAims(result)),
  ].join('\n\n');
}

function peerCells(result: ClipsResult, name: string): string[] {
  const costs = runsOf(result, name).map((run) => run.cost);
  const cpu = spreadOf(costs.map(cpuSeconds));
  const gigabytes = (result.clips * result.clipBytes) / 1e9;
  const ratios = (['wall', 'cpu'] as const).map((measure) => ratioOf(result, thisDocket.name, name, measure));
  return [
    name,
    spread(spreadOf(costs.map((cost) => cost.wallSeconds))),
    spread(cpu),
    (cpu.median / gigabytes).toFixed(2),
    spreadOf(costs.map((cost) => cost.maxRssMib)).median.toFixed(0),
    ratios.map((ratio) => ratio?.median.toFixed(2) ?? '').join(', '),
    `${costs.filter(isNoisy).length} of ${costs.length}`,
  ];
}

function overBound(result: ClipsResult, name: string): (bound: string) => string {
  return (bound) => ratioOf(result, name, bound, 'cpu')?.median.toFixed(2) ?? '';
}

function spread({ median, least, greatest }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} [${least.toFixed(digits)}..${greatest.toFixed(digits)}]`;
}

function aimsTable(aims: readonly Aim[]): string {
  return table(
    ['aim for Docket', 'at most', 'found', ''],
    aims.map(({ text, limit, found }) => [
      text,
      limit.toFixed(2),
      found.toFixed(2),
      found <= limit ? 'pass' : 'miss',
    ]),
  );
}

function slotsSection(result: SlotsResult): string {
  const settings = [...new Set(result.runs.map(({ mode, slots }) => `${slots} ${mode}`))].sort(
    (left, right) => Number.parseInt(left, 10) - Number.parseInt(right, 10) || left.localeCompare(right),
  );
  const rows = settings.map((setting) => {
    const runs = result.runs.filter(({ mode, slots }) => `${slots} ${mode}` === setting);
    const of = (figure: (run: (typeof runs)[number]) => number) => spreadOf(runs.map(figure));
    return [
      setting,
      of((run) => run.aggregateBytesPerSecond / 1e6).median.toFixed(0),
      spread(of((run) => run.kept)),
      of((run) => run.report.safeSeconds).median.toFixed(1),
      of((run) => (100 * run.report.pullCpuSeconds) / run.report.pullSeconds).median.toFixed(0),
      of((run) => run.report.loopDelayMs.p50).median.toFixed(1),
      spread(
        of((run) => run.report.loopDelayMs.p99),
        1,
      ),
      of((run) => run.report.loopDelayMs.max).median.toFixed(0),
      of((run) => run.report.maxRssMib).median.toFixed(0),
    ];
  });
  return [
    `## Slots at ${result.bytesPerSecond / 1e6} MB/s each, one clip of ${result.clipBytes / 1e6} MB in every slot`,
    table(
      [
        'slots',
        'MB/s',
        'kept',
        's to safe',
        'CPU % of a core',
        'loop p50 ms',
        'loop p99 ms',
        'loop max ms',
        'RSS MiB',
      ],
      rows,
    ),
    'MB/s, kept and CPU are of the pulling, up to the last byte hashed and durable; the loop delay is of the whole docking with its read-back, and holds the 5 ms interval of the monitor. `hash-on-main` is a control: SHA-256 only, on the main thread, through the page cache, nothing read back, no index.',
    aimsTable(slotsAims(result)),
  ].join('\n\n');
}

function guaranteeSection(): string {
  const rows = [thisDocket, copySha256sum, copyOpenssl, rclone, rsync].flatMap(({ name, guarantee }) =>
    guarantee === null
      ? []
      : [
          [
            name,
            String(guarantee.sourceReads),
            guarantee.hash,
            guarantee.fsync,
            guarantee.atomicName ? 'yes' : 'no',
            guarantee.readBack,
            guarantee.index,
          ],
        ],
  );
  const head = ['', 'source reads', 'hash', 'fsync', 'atomic name', 'copy read back from', 'index'];
  return ['## What stands at the end', table(head, rows)].join('\n\n');
}
