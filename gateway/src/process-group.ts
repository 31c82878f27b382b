import type { ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';

const running = new Set<number>();

process.on('exit', () => {
  for (const group of running) signalGroup(group, 'SIGKILL');
});

/** The processes that a detached child of ours leads. They die as a whole, at the latest with this process. */
export class ProcessGroup {
  readonly #group: number | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(leader: ChildProcess) {
    this.#group = leader.pid;
    if (leader.pid === undefined) return;
    running.add(leader.pid);
    // What the leader leaves behind would hold its pipes open, and us with them.
    leader.on('exit', () => this.kill());
  }

  /** 19 is the lowest priority, 0 the usual one. */
  setPriority(priority: number): void {
    if (this.#group === undefined) return;
    try {
      setPriority(this.#group, priority);
    } catch {
      // It ended before it could be lowered.
    }
  }

  /** Asks it to end, and kills what is still there after the time of grace. */
  stop(graceMs: number): void {
    if (this.#killTimer !== undefined) return;
    this.#signal('SIGTERM');
    this.#killTimer = setTimeout(() => this.kill(), graceMs);
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  /** To be called once it is gone: its number may then belong to others. */
  forget(): void {
    clearTimeout(this.#killTimer);
    if (this.#group !== undefined) running.delete(this.#group);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#group !== undefined) signalGroup(this.#group, signal);
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}
