import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface PasswordSource {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  /** A line for a person. */
  ask(line: string): void;
}

/** The first line of the input, which a terminal does not show; empty where the input ends without one. */
export async function readPassword(question: string, { input, ask }: PasswordSource): Promise<string> {
  const isTerminal = input.isTTY === true;
  if (isTerminal) ask(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
