import type { CommanderError } from 'commander';
import type { Messages } from '../messages/index.ts';

/** The command was called in a way it does not know. The message is for the person who called it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Commander's own complaint in the language of the person; its English stays only for what is not expected. */
export function usageMessage(error: CommanderError, { usage }: Messages): string {
  const subject = /'([^']+)'/u.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return usage.unknownOption(subject);
    case 'commander.unknownCommand':
      return usage.unknownCommand(subject);
    case 'commander.missingArgument':
      return usage.missingArgument(subject);
    case 'commander.optionMissingArgument':
      return usage.missingValue(subject);
    case 'commander.missingMandatoryOptionValue':
      return usage.missingOption(subject);
    case 'commander.excessArguments':
      return usage.tooManyArguments;
    default:
      return error.message.replace(/^error: /u, '');
  }
}
