import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { factorySlots, type StoredSlots } from './firmware-slots.ts';

/** What a recorder keeps beside its clips when it is switched off. */
export interface StoredState {
  /** Parts of the identity that were written to it, by their keys in `read-identity`. */
  identity: Record<string, string>;
  /** Marks that were set or taken away, by the hex of the clip's path. */
  marks: Record<string, boolean>;
  slots: StoredSlots;
}

/** The memory of a simulated recorder: in a file where one is named, else gone with the process. */
export class RecorderState {
  readonly #file: string | null;
  #stored: StoredState;

  constructor(file: string | null, firmwareVersion: string) {
    this.#file = file;
    this.#stored = { identity: {}, marks: {}, slots: factorySlots(firmwareVersion), ...read(file) };
  }

  get stored(): Readonly<StoredState> {
    return this.#stored;
  }

  /** Keeps a change; what is in the file is always whole. */
  keep(change: Partial<StoredState>): void {
    this.#stored = { ...this.#stored, ...change };
    if (this.#file === null) return;
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#stored, null, 2));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function read(file: string | null): Partial<StoredState> {
  if (file === null) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<StoredState>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
