import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Holdings {
  descriptors: number;
  sockets: number;
  udpPorts: number;
  children: number;
  threads: number;
  /** Resident memory. */
  memoryBytes: number;
}

/** What a process holds, as the system sees it. */
export function holdingsOf(pid: number): Holdings {
  const links = descriptorsOf(pid);
  const udp = new Set(['udp', 'udp6'].flatMap((kind) => socketsOf(`/proc/${pid}/net/${kind}`)));
  const residentKiB = /VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    descriptors: links.length,
    sockets: links.filter((link) => link.startsWith('socket:')).length,
    udpPorts: links.filter((link) => udp.has(link)).length,
    children: childrenOf(pid).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    memoryBytes: Number(residentKiB) * 1024,
  };
}

/** What each descriptor of a process stands for: a file, a socket or pipe with its number. */
export function descriptorsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
}

/** Children of a process and theirs, each as number and beginning: numbers are used again. */
export function descendantsOf(pid: number): string[] {
  return childrenOf(pid).flatMap((child) => {
    const name = processName(child);
    return name === null ? [] : [name, ...descendantsOf(child)];
  });
}

/** Whether such a process is still there; one that has ended and was not yet fetched by its parent counts. */
export function isThere(process: string): boolean {
  return processName(Number(process.split(' ')[0])) === process;
}

function processName(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`);
  // proc(5): the beginning is field 22, the 20th behind the name, which may hold anything.
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return startedAt === undefined ? null : `${pid} ${startedAt}`;
}

function childrenOf(pid: number): number[] {
  let tasks: string[];
  try {
    tasks = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return tasks
    .flatMap((task) => textOf(`/proc/${pid}/task/${task}/children`).split(' '))
    .filter((child) => child.trim() !== '')
    .map(Number);
}

/** The tenth column names the socket. */
function socketsOf(table: string): string[] {
  return textOf(table)
    .split('\n')
    .slice(1)
    .map((line) => `socket:[${line.trim().split(/\s+/u)[9]}]`);
}

/** Empty where it is gone meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A descriptor that was closed meanwhile links nowhere. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
