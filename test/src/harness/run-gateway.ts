import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./gateway-under-test.js', import.meta.url));

/** How a run of the gateway is meant to end. */
export type RunPlan =
  | { end: 'idle' }
  | { end: 'step'; step: string; passing: number }
  | { end: 'moment'; afterReadyMs: number };

export interface RunResult {
  /** The step it died at; `null` where it ended by itself or was killed by the clock. */
  diedAt: string | null;
  wasKilled: boolean;
  output: string;
}

/** The longest stretch without any step after which the gateway is taken to have nothing left to do. */
const idleMs = 900;

/** How the gateway is started in its own process. */
export function gatewayCommand(
  assignments: readonly string[],
  dieAt: { step: string; passing: number } | null,
  endAfterIdleMs: number,
) {
  return {
    command: process.execPath,
    parameters: [program],
    environment: {
      ...process.env,
      UV_THREADPOOL_SIZE: '16',
      DOCKET_TEST: JSON.stringify({ assignments, dieAt, idleMs: endAfterIdleMs }),
    },
  };
}

/** Starts the gateway in its own process; resolves with the process and its output so far. */
export function startGateway(
  assignments: readonly string[],
  dieAt: { step: string; passing: number } | null = null,
  endAfterIdleMs = idleMs,
) {
  const { command, parameters, environment } = gatewayCommand(assignments, dieAt, endAfterIdleMs);
  const child = spawn(command, parameters, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const collected = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    collected.text += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    collected.text += text;
  });
  return { child, output: () => collected.text };
}

/** Runs the gateway until it ends as planned, or by itself where the plan's moment never came. */
export async function runGatewayProcess(assignments: readonly string[], plan: RunPlan): Promise<RunResult> {
  const dieAt = plan.end === 'step' ? plan : null;
  const { child, output } = startGateway(assignments, dieAt);
  const timer = plan.end === 'moment' ? killAfterReady(child, output, plan.afterReadyMs) : null;
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (timer !== null) timer.cancel();
  if (signal !== 'SIGKILL' && code !== 0) {
    throw new Error(`the gateway ended with ${code ?? signal}:\n${output().slice(-4000)}`);
  }
  const diedAt = /died at (\S+)/u.exec(output())?.[1] ?? null;
  return { diedAt, wasKilled: signal === 'SIGKILL', output: output() };
}

function killAfterReady(child: ChildProcess, output: () => string, afterReadyMs: number) {
  let timer: NodeJS.Timeout | null = null;
  child.stdout?.on('data', () => {
    if (timer === null && output().includes('ready ')) {
      timer = setTimeout(() => child.kill('SIGKILL'), afterReadyMs);
    }
  });
  return { cancel: () => timer !== null && clearTimeout(timer) };
}
