import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { collect, withExamples } from '../command-parts.ts';
import { stopSignal } from '../stop-signal.ts';

interface DemoFlags {
  directory: string;
  set: string[];
}

export function addDemoCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const command = program
    .command('demo')
    .description(help.demo)
    .option('--directory <folder>', help.demoDirectory, '.docket-demo')
    .option('--set <path=value>', help.runSet, collect, [])
    .action((flags: DemoFlags) => demo(flags, context));
  withExamples(command, examples.demo, context);
}

async function demo(flags: DemoFlags, { messages, print }: CommandContext): Promise<void> {
  const directory = resolve(flags.directory);
  await mkdir(directory, { recursive: true });
  const [{ runDemo }, { createLog }, { destination }] = await Promise.all([
    import('../../demo/run-demo.ts'),
    import('../../log.ts'),
    import('pino'),
  ]);
  const logFile = join(directory, 'docket.log');
  print(messages.demo.log(logFile));
  await runDemo({
    directory,
    assignments: flags.set,
    log: createLog('info', destination({ dest: logFile, sync: true })),
    signal: stopSignal(() => print(messages.demo.stopping)),
    onPreparing: (card) => print(messages.demo.preparing(card)),
    onReady: (url) => print(messages.demo.ready(url)),
  });
}
