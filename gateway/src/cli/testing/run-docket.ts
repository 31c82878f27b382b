import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../../../bin/docket.cjs', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the program as a person would, in a folder, with no environment but what is given. */
export function startDocket(
  words: readonly string[],
  environment: Record<string, string>,
  folder: string,
): ChildProcess {
  return spawn(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH, ...environment },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the program to its end. */
export async function runDocket(
  words: readonly string[],
  environment: Record<string, string>,
  folder: string,
): Promise<Ended> {
  const child = startDocket(words, environment, folder);
  const ended = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      ended[name] += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...ended };
}
