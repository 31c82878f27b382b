import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** The machine a run was made on; figures mean nothing without it. */
export interface Machine {
  cpuModel: string;
  cores: number;
  /** Whether the processor has instructions for SHA-256, which decides what a hash costs. */
  hasShaInstructions: boolean;
  memoryGib: number;
  kernel: string;
  node: string;
  loadAverage: number;
}

export function describeMachine(): Machine {
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    hasShaInstructions: /\b(?:sha_ni|sha2)\b/u.test(readFileSync('/proc/cpuinfo', 'utf8')),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    loadAverage: loadavg()[0] ?? 0,
  };
}

export function machineLine(machine: Machine): string {
  const sha = machine.hasShaInstructions ? 'SHA-NI yes' : 'SHA-NI no';
  return `${machine.cpuModel}, ${machine.cores} cores, ${sha}, ${machine.memoryGib} GiB, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.loadAverage.toFixed(1)} at the start`;
}

/** Kernel ticks in `/proc/stat` are hundredths of a second on every architecture Linux offers to user space. */
const ticksPerSecond = 100;

/** CPU seconds all processes and the kernel together have used since boot. */
export function busyCpuSeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = line
    .split(/\s+/u)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) / ticksPerSecond;
}
