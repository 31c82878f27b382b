import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Naming } from '../../recorder-simulator/make-card.ts';
import type { SimulatorOptions, SimulatorPlace } from '../../recorder-simulator/start-simulator.ts';
import type { CommandContext } from '../command-context.ts';
import { collect, withExamples } from '../command-parts.ts';
import { hostAndPort, socketAddress } from '../socket-address.ts';
import { stopSignal } from '../stop-signal.ts';
import { UsageError } from '../usage-error.ts';
import { wholeNumber } from '../whole-number.ts';

type Kind = SimulatorOptions['driver'];

interface SimulatorFlags {
  folder?: string;
  clips?: string;
  clipBytes: string;
  naming: string;
  markEvery: string;
  gbkNames?: true;
  serialNumber: string;
  officer: string;
  image?: string;
  pty?: string;
  tcp?: string;
  usbRedir?: string;
  listen?: true;
  clockOffset: string;
  clockDrift: string;
  clockZone: string;
  clockStep?: string;
  battery: string;
  password: string;
  fault: string[];
}

const defaultClips = 6;
const dayMs = 86_400_000;
/** Options beside those of the card, by what is simulated. */
const places: Record<Kind, readonly ('pty' | 'tcp' | 'usb-redir')[]> = {
  volume: ['usb-redir'],
  smp: ['pty', 'tcp', 'usb-redir'],
  mtp: ['usb-redir'],
  scsi: ['usb-redir'],
};

export function addRecorderSimulatorCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const simulator = program.command('recorder-simulator').description(help.recorderSimulator);
  for (const kind of Object.keys(places) as Kind[]) {
    const command = simulator.command(kind).description(help.recorderSimulatorKinds[kind]);
    addOptions(command, kind, context);
    command.action((flags: SimulatorFlags) => simulate(kind, flags, context));
    withExamples(command, examples.recorderSimulator[kind], context);
  }
  withExamples(simulator, examples.recorderSimulator.smp, context);
}

function addOptions(command: Command, kind: Kind, { messages }: CommandContext): void {
  const words = messages.help.recorderSimulatorOptions;
  command
    .option('--folder <folder>', words.folder)
    .option('--clips <count>', words.clips)
    .option('--clip-bytes <bytes>', words.clipBytes, '1000000')
    .option('--naming <habit>', words.naming, 'dcam')
    .option('--mark-every <count>', words.markEvery, '4')
    .option('--gbk-names', words.gbkNames)
    .option('--serial-number <text>', words.serialNumber, 'SIM0001')
    .option('--officer <number>', words.officer, '000001');
  if (kind === 'volume' || kind === 'scsi') command.option('--image <file>', words.image);
  if (kind === 'smp') command.option('--pty <path>', words.pty).option('--tcp <host:port>', words.tcp);
  command.option('--usb-redir <address>', words.usbRedir).option('--listen', words.listen);
  if (kind === 'volume') return;
  command
    .option('--clock-offset <seconds>', words.clockOffset, '0')
    .option('--clock-drift <ppm>', words.clockDrift, '0')
    .option('--clock-zone <minutes>', words.clockZone, '480')
    .option('--clock-step <seconds@after>', words.clockStep)
    .option('--battery <percent>', words.battery, '80');
  if (kind === 'scsi') command.option('--password <text>', words.password, '000000');
  command.option('--fault <name=value>', words.fault, collect, []);
}

async function simulate(kind: Kind, flags: SimulatorFlags, context: CommandContext): Promise<void> {
  const [{ makeCard, makeImage, namings }, { startSimulator }] = await Promise.all([
    import('../../recorder-simulator/make-card.ts'),
    import('../../recorder-simulator/start-simulator.ts'),
  ]);
  const { messages, print } = context;
  const words = messages.recorderSimulator;
  const naming = namings.find((known) => known === flags.naming);
  if (naming === undefined) {
    throw new UsageError(messages.usage.wrongValue('--naming', messages.usage.oneOf(namings)));
  }
  const place = placeOf(kind, flags, context);
  const settings = await settingsOf(kind, flags, context);
  const folder = flags.folder ? resolve(flags.folder) : await mkdtemp(join(tmpdir(), 'docket-card-'));
  const clips = await makeCard(await cardPlan(kind, flags, folder, naming, context));
  print(words.card(folder, clips));
  if (place === null) {
    if (flags.image === undefined) return;
    await makeImage(folder, resolve(flags.image), imageBytes);
    print(words.image(resolve(flags.image)));
    return;
  }
  const image = flags.image === undefined ? null : resolve(flags.image);
  const signal = stopSignal();
  const running = await startSimulator({ ...settings, driver: kind, place, folder, image });
  print(words.ready(kind, flags.serialNumber, placeText(running.place)));
  await Promise.race([running.left, aborted(signal)]);
  await running.unplug();
  print(words.unplugged);
}

const imageBytes = 256 * 1024 * 1024;

/** Without a place a volume is only made; every other recorder has to be somewhere. */
function placeOf(
  kind: Kind,
  { pty, tcp, usbRedir, listen }: SimulatorFlags,
  { messages: { usage, conformance, recorderSimulator: words } }: CommandContext,
): SimulatorPlace | null {
  const given = [pty, tcp, usbRedir].filter((one) => one !== undefined).length;
  if (given === 0 && kind === 'volume') return null;
  if (given !== 1) throw new UsageError(words.onePlace(places[kind].map((name) => `--${name}`).join(', ')));
  if (pty !== undefined) return { by: 'pty', path: resolve(pty) };
  if (tcp !== undefined) {
    const address = hostAndPort(tcp);
    if (address === null) throw new UsageError(usage.wrongValue('--tcp', 'host:port'));
    return { by: 'tcp', ...address };
  }
  const address = socketAddress(usbRedir ?? '');
  if (address === null) throw new UsageError(usage.wrongValue('--usb-redir', conformance.socketAddress));
  return { by: 'usb-redir', address, listens: listen === true };
}

async function cardPlan(
  kind: Kind,
  flags: SimulatorFlags,
  folder: string,
  naming: Naming,
  { messages }: CommandContext,
) {
  // A folder with footage in it is shown as it is; a volume is what records.
  const hasFootage = (await readdir(folder).catch(() => [])).length > 0 && kind !== 'volume';
  const count = flags.clips ?? String(hasFootage ? 0 : defaultClips);
  return {
    folder,
    naming,
    clips: wholeNumber('--clips', count, { from: 0, to: 100_000 }, messages),
    clipBytes: wholeNumber('--clip-bytes', flags.clipBytes, { from: 0, to: 2 ** 40 }, messages),
    markEvery: wholeNumber('--mark-every', flags.markEvery, { from: 0, to: 100_000 }, messages),
    isGbk: flags.gbkNames === true,
    hasIdentityFile: kind === 'volume' || kind === 'scsi',
    serialNumber: shortText('--serial-number', flags.serialNumber, messages),
    officerNumber: shortText('--officer', flags.officer, messages),
  };
}

async function settingsOf(kind: Kind, flags: SimulatorFlags, { messages }: CommandContext) {
  const { faultsFor, faultsOf } = await import('../../recorder-simulator/fault-table.ts');
  const driver = kind === 'volume' ? 'smp' : kind;
  const faults = faultsFor(driver, flags.fault ?? []);
  if (faults.unknown.length > 0) {
    const known = faultsOf(driver).map(({ name, value }) => (value === 'none' ? name : `${name}=<${value}>`));
    throw new UsageError(
      messages.usage.wrongValue(`--fault ${faults.unknown[0]}`, messages.usage.oneOf(known)),
    );
  }
  const days = dayMs / 1000;
  const number = (flag: string, text: string | undefined, from: number, to: number) =>
    wholeNumber(flag, text ?? '0', { from, to }, messages);
  return {
    faults,
    serialNumber: shortText('--serial-number', flags.serialNumber, messages),
    officerNumber: shortText('--officer', flags.officer, messages),
    clock: {
      offsetMs: number('--clock-offset', flags.clockOffset, -36_500 * days, 36_500 * days) * 1000,
      driftPpm: number('--clock-drift', flags.clockDrift, -1_000_000, 1_000_000),
      zoneOffsetMinutes: number('--clock-zone', flags.clockZone, -720, 840),
    },
    clockStep: clockStepOf(flags.clockStep, messages),
    batteryPercent: number('--battery', flags.battery, 0, 100),
    password: flags.password ?? '',
  };
}

/** `3600@20`: an hour on, 20 seconds after the start. */
function clockStepOf(text: string | undefined, { usage }: CommandContext['messages']) {
  if (text === undefined) return null;
  const parts = /^(?<by>-?\d{1,9})@(?<after>\d{1,6})$/u.exec(text)?.groups;
  if (parts === undefined) throw new UsageError(usage.wrongValue('--clock-step', '3600@20'));
  return { byMs: Number(parts.by) * 1000, afterMs: Number(parts.after) * 1000 };
}

function shortText(
  flag: string,
  text: string,
  { usage, recorderSimulator }: CommandContext['messages'],
): string {
  if (/^[A-Za-z0-9-]{1,32}$/u.test(text)) return text;
  throw new UsageError(usage.wrongValue(flag, recorderSimulator.shortText));
}

function placeText(place: SimulatorPlace): string {
  if (place.by === 'pty') return place.path;
  if (place.by === 'tcp') return `${place.host}:${place.port}`;
  return 'path' in place.address
    ? `unix:${place.address.path}`
    : `tcp:${place.address.host}:${place.address.port}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
