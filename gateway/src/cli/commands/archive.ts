import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addArchiveDesk } from './archive-desk.ts';
import { addArchiveReceiver } from './archive-serve.ts';

export function addArchiveCommand(program: Command, context: CommandContext): void {
  const group = program.command('archive').description(context.messages.help.archive);
  addArchiveDesk(group, context);
  addArchiveReceiver(group, context);
}
