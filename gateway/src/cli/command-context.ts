import type { Messages } from '../messages/index.ts';
import type { ExitCode } from './exit-codes.ts';

/** What every command is given, so that none touches the process by itself. */
export interface CommandContext {
  messages: Messages;
  environment: Record<string, string | undefined>;
  /** A line for standard output: what was asked for. */
  print(line: string): void;
  /** A line for standard error: what a person should know. */
  complain(line: string): void;
  /** How far a long work is, for a person who watches; an empty line clears it. */
  progress(line: string): void;
  exitWith(code: ExitCode): void;
}
