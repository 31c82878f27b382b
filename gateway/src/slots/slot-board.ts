import { EventEmitter } from 'node:events';
import type { Slot } from '../contract/index.ts';

/** What every slot shows right now. Kept in memory: it is about the present only; the index keeps the past. */
export class SlotBoard {
  readonly #slots = new Map<string, Slot>();
  readonly #changes = new EventEmitter<{ slot: [Slot]; removed: [string] }>();

  /** All slots, in the order of their port paths. */
  list(): Slot[] {
    return [...this.#slots.values()].sort((left, right) =>
      left.slot.localeCompare(right.slot, 'en', { numeric: true }),
    );
  }

  read(slot: string): Slot | null {
    return this.#slots.get(slot) ?? null;
  }

  /** Shows a new state of a slot. */
  update(slot: Slot): void {
    this.#slots.set(slot.slot, slot);
    this.#changes.emit('slot', slot);
  }

  /** Shows a slot no longer: no place of the dock is there. */
  remove(slot: string): void {
    if (this.#slots.delete(slot)) this.#changes.emit('removed', slot);
  }

  /** Calls `listener` with each slot that is shown no longer, until the returned function is called. */
  onRemoved(listener: (slot: string) => void): () => void {
    this.#changes.on('removed', listener);
    return () => this.#changes.off('removed', listener);
  }

  /** Calls `listener` on each change until the returned function is called. */
  onChange(listener: (slot: Slot) => void): () => void {
    this.#changes.on('slot', listener);
    return () => this.#changes.off('slot', listener);
  }
}
