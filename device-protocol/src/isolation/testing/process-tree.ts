import { readFile } from 'node:fs/promises';

/** Process numbers of the children of a process, oldest first; dead ones that nobody waited for included. */
export async function childrenOf(processId: number): Promise<number[]> {
  const text = await readFile(`/proc/${processId}/task/${processId}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

export function killHard(processId: number | undefined): void {
  if (processId === undefined) throw new Error('there is no process to kill');
  process.kill(processId, 'SIGKILL');
}
