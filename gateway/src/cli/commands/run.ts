import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { collect, withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { stopSignal } from '../stop-signal.ts';

interface RunFlags {
  config?: string;
  set: string[];
}

export function addRunCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const command = program
    .command('run')
    .description(help.run)
    .option('--config <file>', help.runConfig)
    .option('--set <path=value>', help.runSet, collect, [])
    .action((flags: RunFlags) => run(flags, context));
  withExamples(command, examples.run, context);
}

async function run(flags: RunFlags, context: CommandContext): Promise<void> {
  const { ConfigError, loadConfig } = await import('../../config/index.ts');
  const { environment, messages } = context;
  const file = flags.config ?? (environment.DOCKET_CONFIG || null);
  const config = await loadConfig({ file, environment, assignments: flags.set });
  const [{ runGateway }, { createLog }] = await Promise.all([import('../../app.ts'), import('../../log.ts')]);
  const log = createLog(config.log.level);
  try {
    await runGateway({ config, log, signal: stopSignal(), environment });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    log.fatal({ err: error }, 'the gateway failed');
    context.complain(messages.run.failed(error instanceof Error ? error.message : String(error)));
    context.exitWith(exitCodes.failure);
  }
}
