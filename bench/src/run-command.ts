import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { busyCpuSeconds } from './machine.ts';

/** What a command cost, its children included. */
export interface Cost {
  wallSeconds: number;
  userSeconds: number;
  systemSeconds: number;
  maxRssMib: number;
  /** CPU seconds the rest of the machine used meanwhile, kernel threads included. */
  othersCpuSeconds: number;
}

/** Above this share of all cores used by others a figure is flagged; it is never dropped. */
const noisyShare = 0.25;

export function isNoisy(cost: Cost): boolean {
  return cost.othersCpuSeconds > noisyShare * availableParallelism() * cost.wallSeconds;
}

/** Runs a command to its end and resolves with what it printed. Rejects where it fails. */
export function runCommand(command: readonly string[]): Promise<string> {
  const [program = '', ...parameters] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${command.join(' ')} ended with ${code}: ${printed}${complaints}`));
    });
  });
}

/**
 * Runs a command under GNU time, which tells CPU and memory of a child with all its children; start-up counts.
 * `reportFile` is overwritten.
 */
export async function runTimed(command: readonly string[], reportFile: string): Promise<Cost> {
  const busyBefore = busyCpuSeconds();
  const startedMs = performance.now();
  await runCommand(['time', '-o', reportFile, '-f', '%U %S %M', '--', ...command]);
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const busySeconds = busyCpuSeconds() - busyBefore;
  const report = await readFile(reportFile, 'utf8');
  const [userSeconds = 0, systemSeconds = 0, maxRssKib = 0] = report.trim().split(' ').map(Number);
  return {
    wallSeconds,
    userSeconds,
    systemSeconds,
    maxRssMib: maxRssKib / 1024,
    othersCpuSeconds: Math.max(0, busySeconds - userSeconds - systemSeconds),
  };
}

/** Two commands of one job, one after the other. */
export function addCosts(first: Cost, second: Cost): Cost {
  return {
    wallSeconds: first.wallSeconds + second.wallSeconds,
    userSeconds: first.userSeconds + second.userSeconds,
    systemSeconds: first.systemSeconds + second.systemSeconds,
    maxRssMib: Math.max(first.maxRssMib, second.maxRssMib),
    othersCpuSeconds: first.othersCpuSeconds + second.othersCpuSeconds,
  };
}

/** The first line a tool prints about its version, or `null` where there is no such tool. */
export async function versionOf(command: readonly string[]): Promise<string | null> {
  try {
    return (await runCommand(command)).split('\n', 1)[0]?.trim() ?? '';
  } catch {
    return null;
  }
}

export function loadNow(): number {
  return loadavg()[0] ?? 0;
}
