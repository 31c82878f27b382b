import { readFile } from 'node:fs/promises';

/** Ticks of user space are hundredths of a second on every architecture of Linux. */
const ticksPerSecond = 100;

/** CPU seconds that processes with all their children have used so far. */
export async function cpuSecondsOf(processIds: readonly number[]): Promise<number> {
  return sum(await Promise.all((await familiesOf(processIds)).map(cpuSecondsOfOne)));
}

/**
 * What processes with all their children hold of memory: resident, with what is shared divided among those who share it
 * (PSS). Asking holds their memory map still for a while: not to be done while delays are measured.
 */
export async function memoryMibOf(processIds: readonly number[]): Promise<number> {
  return sum(await Promise.all((await familiesOf(processIds)).map(memoryMibOfOne)));
}

async function familiesOf(processIds: readonly number[]): Promise<number[]> {
  return (await Promise.all(processIds.map(familyOf))).flat();
}

async function familyOf(processId: number): Promise<number[]> {
  const children = await readFile(`/proc/${processId}/task/${processId}/children`, 'utf8').catch(() => '');
  const families = children.split(' ').filter(Boolean).map(Number).map(familyOf);
  return [processId, ...(await Promise.all(families)).flat()];
}

async function cpuSecondsOfOne(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may hold anything: state is the first, user and system time are the 12th and 13th.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
}

async function memoryMibOfOne(processId: number): Promise<number> {
  const memory = await readFile(`/proc/${processId}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/mu.exec(memory)?.[1] ?? 0) / 1024;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
