import { CommanderError } from 'commander';
import { ConfigError } from '../config/config-fault.ts';
import {
  environmentLanguage,
  type Language,
  languageOf,
  languages,
  type Messages,
} from '../messages/index.ts';
import { ClientError } from './api-client.ts';
import type { CommandContext } from './command-context.ts';
import { configReport } from './config-report.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { UsageError, usageMessage } from './usage-error.ts';

/** Runs one command line, words and exit code included. `words` are the arguments after the program's name. */
export async function main(words: readonly string[]): Promise<void> {
  leaveQuietlyWhenNobodyReads();
  const environment = { ...process.env };
  const { language, rest } = takeLanguage(words, environmentLanguage(environment));
  const messages = languages[language ?? environmentLanguage(environment)];
  const context: CommandContext = {
    messages,
    environment,
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    progress: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
    },
    exitWith: (code) => {
      process.exitCode = code;
    },
  };
  try {
    if (language === null) {
      throw new UsageError(messages.usage.wrongValue('--lang', messages.usage.oneOf(Object.keys(languages))));
    }
    await createProgram(context).parseAsync(rest, { from: 'user' });
  } catch (error) {
    const { code, lines } = explain(error, messages);
    for (const line of lines) context.complain(line);
    context.exitWith(code);
  }
}

/** `--lang` may stand anywhere: it decides the words of every complaint about the rest. */
function takeLanguage(
  words: readonly string[],
  otherwise: Language,
): { language: Language | null; rest: string[] } {
  const rest = [...words];
  const index = rest.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  if (index < 0) return { language: otherwise, rest };
  const [flag = '', next = ''] = rest.slice(index, index + 2);
  const isJoined = flag.startsWith('--lang=');
  rest.splice(index, isJoined ? 1 : 2);
  return { language: languageOf(isJoined ? flag.slice('--lang='.length) : next), rest };
}

function explain(error: unknown, messages: Messages): { code: ExitCode; lines: string[] } {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { code: exitCodes.ok, lines: [] };
    // Called without a command, Commander has shown its help, and that says enough.
    if (error.code === 'commander.help') return { code: exitCodes.usage, lines: [] };
    return { code: exitCodes.usage, lines: [usageMessage(error, messages), messages.usage.seeHelp] };
  }
  if (error instanceof UsageError) {
    return { code: exitCodes.usage, lines: [error.message, messages.usage.seeHelp] };
  }
  if (error instanceof ConfigError) return { code: exitCodes.usage, lines: configReport(error, messages) };
  if (error instanceof ClientError) return { code: exitCodes.failure, lines: [error.message] };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: exitCodes.failure, lines: [messages.failure(reason)] };
}

/** `docket clips | head` is no failure. */
function leaveQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok);
    throw error;
  });
}
