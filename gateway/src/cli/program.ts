import { Command } from 'commander';
import { version } from '../version.ts';
import type { CommandContext } from './command-context.ts';
import { withExamples } from './command-parts.ts';
import { addArchiveCommand } from './commands/archive.ts';
import { addCasesCommand } from './commands/cases.ts';
import { addClipsCommand } from './commands/clips.ts';
import { addConformanceCommand } from './commands/conformance.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addImportCommand } from './commands/import.ts';
import { addLiveCommand } from './commands/live.ts';
import { addOperationsCommand } from './commands/operations.ts';
import { addRecorderSimulatorCommand } from './commands/recorder-simulator.ts';
import { addRecordersCommand } from './commands/recorders.ts';
import { addRunCommand } from './commands/run.ts';
import { addSlotsCommand } from './commands/slots.ts';
import { addStatisticsCommand } from './commands/statistics.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTokenCommand } from './commands/token.ts';
import { addVerifyCommand } from './commands/verify.ts';

/** The whole command line, in the language of the context. Complaints are thrown, never printed here. */
export function createProgram(context: CommandContext): Command {
  const { help, examples } = context.messages;
  const program = new Command('docket')
    .description(help.program)
    .version(version, '-V, --version', help.version)
    .option('--lang <language>', help.language)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showHelpAfterError(false);
  for (const add of [
    addRunCommand,
    addDemoCommand,
    addStatusCommand,
    addClipsCommand,
    addCasesCommand,
    addRecordersCommand,
    addSlotsCommand,
    addStatisticsCommand,
    addImportCommand,
    addVerifyCommand,
    addArchiveCommand,
    addConformanceCommand,
    addRecorderSimulatorCommand,
    addTokenCommand,
    addLiveCommand,
    addOperationsCommand,
  ]) {
    add(program, context);
  }
  withExamples(program, examples.program, context);
  program.addHelpText('after', `\n${help.exitCodes}`);
  for (const command of everyCommand(program)) speak(command, context);
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Sets the words that Commander brings itself. */
function speak(command: Command, { messages }: CommandContext): void {
  const { help } = messages;
  const headings: Record<string, string> = help.headings;
  command.helpOption('-h, --help', help.help).configureHelp({
    showGlobalOptions: true,
    styleTitle: (title) => headings[title] ?? title,
    optionDescription: (option) => option.description,
  });
  if (command.commands.length > 0) command.helpCommand('help [command]', help.helpCommand);
  command.exitOverride().configureOutput({ outputError: () => {} });
}
