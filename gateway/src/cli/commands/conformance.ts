import type { CheckResult } from '@docket/device-protocol';
import type { Command } from 'commander';
import type { DevicePlace, DriverName } from '../../conformance/device-place.ts';
import type { ConformanceReport } from '../../conformance/run-conformance.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { hostAndPort, socketAddress } from '../socket-address.ts';
import { stopSignal } from '../stop-signal.ts';
import { printable, textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';
import { wholeNumber } from '../whole-number.ts';

interface ConformanceFlags {
  driver: string;
  port?: string;
  baud: string;
  tcp?: string;
  usbRedir?: string;
  allowErase?: true;
  allowSetClock?: true;
  longestRead: string;
  checkTimeout: string;
  json?: true;
}

export function addConformanceCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const words = help.conformanceOptions;
  const command = program
    .command('conformance')
    .description(help.conformance)
    .requiredOption('--driver <driver>', words.driver)
    .option('--port <port>', words.port)
    .option('--baud <baud>', words.baud, '115200')
    .option('--tcp <host:port>', words.tcp)
    .option('--usb-redir <address>', words.usbRedir)
    .option('--allow-erase', words.allowErase)
    .option('--allow-set-clock', words.allowSetClock)
    .option('--longest-read <MiB>', words.longestRead, '16')
    .option('--check-timeout <seconds>', words.checkTimeout, '120')
    .option('--json', help.json)
    .action((flags: ConformanceFlags) => conformance(flags, context));
  withExamples(command, examples.conformance, context);
}

async function conformance(flags: ConformanceFlags, context: CommandContext): Promise<void> {
  const [{ driverNames, NoDevice, placeOfPort, waysOf }, { runConformance }] = await Promise.all([
    import('../../conformance/device-place.ts'),
    import('../../conformance/run-conformance.ts'),
  ]);
  const { messages, print } = context;
  const driver = driverNames.find((name) => name === flags.driver);
  if (driver === undefined) {
    throw new UsageError(messages.usage.wrongValue('--driver', messages.usage.oneOf(driverNames)));
  }
  const baud = wholeNumber('--baud', flags.baud, { from: 300, to: 12_000_000 }, messages);
  const place = placeOf(driver, flags, context, (port) => placeOfPort(driver, port, baud));
  if (!waysOf[driver].includes(place.by)) throw new UsageError(messages.conformance.otherWay(driver));
  const words = messages.conformance;
  try {
    const report = await runConformance({
      driver,
      place,
      allows: { erase: flags.allowErase === true, setClock: flags.allowSetClock === true },
      longestReadBytes:
        wholeNumber('--longest-read', flags.longestRead, { from: 1, to: 4096 }, messages) * 2 ** 20,
      checkTimeoutMs:
        wholeNumber('--check-timeout', flags.checkTimeout, { from: 1, to: 3600 }, messages) * 1000,
      signal: stopSignal(),
      onResult: ({ check }) => context.progress(words.checks[check]),
    });
    context.progress('');
    for (const line of flags.json ? [JSON.stringify(report, null, 2)] : reportLines(report, context))
      print(line);
    if (report.results.some(({ verdict }) => verdict === 'broken')) context.exitWith(exitCodes.problemsFound);
  } catch (error) {
    if (!(error instanceof NoDevice)) throw error;
    context.complain(words.noDevice(error.message));
    context.exitWith(exitCodes.failure);
  }
}

function placeOf(
  driver: DriverName,
  { port, tcp, usbRedir }: ConformanceFlags,
  { messages: { usage, conformance: words } }: CommandContext,
  ofPort: (port: string) => DevicePlace,
): DevicePlace {
  if ([port, tcp, usbRedir].filter((given) => given !== undefined).length !== 1) {
    throw new UsageError(words.onePlace(driver));
  }
  if (port !== undefined) return ofPort(port);
  if (tcp !== undefined) {
    const address = hostAndPort(tcp);
    if (address === null) throw new UsageError(usage.wrongValue('--tcp', 'host:port'));
    return { by: 'tcp', ...address };
  }
  const address = socketAddress(usbRedir ?? '');
  if (address === null) throw new UsageError(usage.wrongValue('--usb-redir', words.socketAddress));
  return { by: 'usb-redir', address };
}

function reportLines(
  { driver, identity, capabilities, results }: ConformanceReport,
  context: CommandContext,
) {
  const words = context.messages.conformance;
  const count = (verdict: CheckResult['verdict']) => results.filter((one) => one.verdict === verdict).length;
  const rows = results.map((result) => [
    words.verdicts[result.verdict],
    words.checks[result.check],
    result.verdict === 'left-out' ? words.leftOut[result.reason] : '',
  ]);
  const details = results.flatMap((result) =>
    result.verdict === 'broken' ? [`  ${words.checks[result.check]}`, `    ${printable(result.detail)}`] : [],
  );
  const name = [identity.vendor, identity.model, identity.serialNumber]
    .filter((part) => part !== null)
    .join(' ');
  return [
    words.subject(printable(name) || words.nameless, driver),
    words.can(capabilities.join(', ')),
    '',
    ...textTable(words.columns, rows),
    '',
    ...(details.length === 0 ? [] : [words.broken, ...details, '']),
    words.sum(count('held'), count('broken'), count('left-out')),
  ];
}
