import { spawn } from 'node:child_process';

export interface ProgramRun {
  cwd?: string;
  /** Where its output goes as well, line by line as it comes. */
  onOutput?(text: string): void;
}

/** Runs a program of the host to its end and resolves with what it wrote. Throws where it fails, with its last words. */
export function runProgram(
  command: string,
  parameters: readonly string[],
  run: ProgramRun = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], cwd: run.cwd });
    let output = '';
    let words = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-4096);
      run.onOutput?.(chunk.toString());
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with ${code}: ${words.trim()}`));
    });
  });
}
