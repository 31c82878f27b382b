import { createHash, randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { stopSignal } from '../stop-signal.ts';
import { UsageError } from '../usage-error.ts';

interface ReceiverFlags {
  config: string;
  logLevel: string;
}

const dockName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

/** The receiver's side of the archive: `serve`, `key` and `dock`. */
export function addArchiveReceiver(group: Command, context: CommandContext): void {
  const { help, archiveReceiver: words } = context.messages;
  const serve = group
    .command('serve')
    .description(help.archiveServe)
    .requiredOption('--config <file>', help.archiveServeConfig)
    .option('--log-level <level>', help.archiveServeLogLevel, 'info')
    .action((flags: ReceiverFlags) => serveArchive(flags, context));
  withExamples(serve, words.examples.serve, context);
  const key = group
    .command('key')
    .description(help.archiveKey)
    .requiredOption('--config <file>', help.archiveServeConfig)
    .action((flags: ReceiverFlags) => printKey(flags, context));
  withExamples(key, words.examples.key, context);
  const dock = group
    .command('dock')
    .description(help.archiveDock)
    .argument('<name>', help.archiveDockName)
    .action((name: string) => makeDock(name, context));
  withExamples(dock, words.examples.dock, context);
}

const logLevels = ['debug', 'info', 'warn', 'error'];

async function serveArchive(flags: ReceiverFlags, context: CommandContext): Promise<void> {
  const { usage, archiveReceiver: words } = context.messages;
  if (!logLevels.includes(flags.logLevel)) {
    throw new UsageError(usage.wrongValue('--log-level', usage.oneOf(logLevels)));
  }
  const [{ loadReceiverSettings }, { ArchiveReceiver }, { createLog }] = await Promise.all([
    import('../../archive-receiver/load-receiver-settings.ts'),
    import('../../archive-receiver/archive-receiver.ts'),
    import('../../log.ts'),
  ]);
  const settings = await loadReceiverSettings(flags.config);
  const signal = stopSignal();
  const log = createLog(flags.logLevel);
  const receiver = await ArchiveReceiver.open(settings, log);
  try {
    await receiver.start();
    log.info({ url: receiver.url(), verifierKey: receiver.verifierKey }, 'the archive takes clips');
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
  } catch (error) {
    log.fatal({ err: error }, 'the archive failed');
    context.complain(words.failed(error instanceof Error ? error.message : String(error)));
    context.exitWith(exitCodes.failure);
  } finally {
    await receiver.stop();
  }
}

async function printKey(flags: ReceiverFlags, { print }: CommandContext): Promise<void> {
  const [{ loadReceiverSettings }, { receiverSigner }, { makeFolder }] = await Promise.all([
    import('../../archive-receiver/load-receiver-settings.ts'),
    import('../../archive-receiver/receiver-key.ts'),
    import('@docket/ingest'),
  ]);
  const { folder, name } = await loadReceiverSettings(flags.config);
  await makeFolder(folder);
  print((await receiverSigner(folder, name)).verifierKey);
}

function makeDock(name: string, { messages, print }: CommandContext): void {
  const { archiveReceiver: words, usage } = messages;
  if (!dockName.test(name)) throw new UsageError(usage.wrongValue('<name>', words.dockName));
  const token = `docket_${randomBytes(32).toString('base64url')}`;
  const sha256 = createHash('sha256').update(token, 'utf8').digest('hex');
  print(words.token);
  print(`  ${token}`);
  print('');
  print(words.configure);
  print(`  - name: ${JSON.stringify(name)}`);
  print(`    tokenSha256: "${sha256}"`);
}
