import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';

/** Shows examples below the help of a command. */
export function withExamples(
  command: Command,
  examples: readonly string[],
  { messages }: CommandContext,
): void {
  const lines = examples.map((example) => `  ${example}`).join('\n');
  command.addHelpText('after', `\n${messages.help.headings.examples}\n${lines}`);
}

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, gathered: string[]): string[] {
  return [...gathered, value];
}
