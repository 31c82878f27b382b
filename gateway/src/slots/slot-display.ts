import type { DockingStatus } from '@docket/ingest';
import type { Slot, SlotIssueCode } from '../contract/index.ts';
import type { SlotBoard } from './slot-board.ts';
import type { Refusal } from './slot-supervisor.ts';

/** Progress alone is shown this often; a change of state at once. */
const progressIntervalMs = 250;

const refusalCodes = {
  'unknown-model': 'unknown-device',
  'foreign-interface': 'foreign-device',
  'no-volume': 'no-volume',
  'no-serial-line': 'no-serial-line',
} as const satisfies Record<Refusal['reason'], SlotIssueCode>;

interface Shown {
  slot: Slot;
  shownAtMs: number;
  timer: NodeJS.Timeout | null;
}

/** What slots are called. */
export interface LabelSource {
  labelOf(slot: string): string | null;
  /** The slots that have a label. */
  slots(): string[];
}

/** Turns what dockings report into what slots show, without flooding whoever watches. */
export class SlotDisplay {
  readonly #board: SlotBoard;
  readonly #labels: LabelSource;
  readonly #shown = new Map<string, Shown>();

  /** Slots that have a label are shown from the start, empty. */
  constructor(board: SlotBoard, labels: LabelSource) {
    this.#board = board;
    this.#labels = labels;
    this.relabel();
  }

  /**
   * Shows what slots are called now, after labels or bus numbers have changed: labelled slots appear, and an empty one
   * whose label has gone disappears.
   */
  relabel(): void {
    for (const { slot: shown } of [...this.#shown.values()]) {
      const label = this.#labels.labelOf(shown.slot);
      if (label === shown.label) continue;
      if (label === null && shown.state === 'empty') this.#hide(shown.slot);
      else this.#showNow({ ...shown, label });
    }
    for (const slot of this.#labels.slots()) {
      if (!this.#shown.has(slot)) this.#showNow(this.#emptySlot(slot));
    }
  }

  status(status: DockingStatus): void {
    // Buses are numbered anew when a controller comes or goes; that shows at the next recorder.
    if (this.#shown.get(status.slot)?.slot.dockingId !== status.dockingId) this.relabel();
    const before = this.#shown.get(status.slot)?.slot;
    const isSameState = before?.dockingId === status.dockingId && before.state === status.phase;
    const next: Slot = {
      slot: status.slot,
      label: before === undefined ? this.#labels.labelOf(status.slot) : before.label,
      state: status.phase,
      safeToUndock: status.safeToUndock,
      since: isSameState ? before.since : new Date().toISOString(),
      dockingId: status.dockingId,
      recorder: status.recorder,
      capabilities: [...status.capabilities],
      concerns: [...status.concerns],
      clock: status.clock,
      clockVerdict: status.clockVerdict,
      progress: status.progress,
      issue: status.issue,
    };
    const isOnlyProgress =
      isSameState && before.safeToUndock === next.safeToUndock && before.issue === next.issue;
    if (isOnlyProgress) this.#showSoon(next);
    else this.#showNow(next);
  }

  /** A device stands in the slot that is not docked: it is shown for what it says it is. */
  refused({ portPath, device, reason }: Refusal): void {
    const ids = [device.vendorId, device.productId].map((id) => id.toString(16).padStart(4, '0')).join(':');
    const texts = [device.manufacturer, device.product, device.serialNumber].filter((text) => text !== null);
    const issue = { code: refusalCodes[reason], detail: [ids, ...texts].join(' ') };
    this.#showNow({ ...this.#emptySlot(portPath), state: 'attention', issue });
  }

  /** The recorder left. Where it left before its clips were safe, the slot says so until the next one comes. */
  detached(slot: string): void {
    const before = this.#shown.get(slot)?.slot;
    const empty = this.#emptySlot(slot);
    // A recorder that gets firmware has given all its clips, and leaves by itself to start it.
    const leftEarly =
      before !== undefined && before.progress !== null && !before.safeToUndock && before.state !== 'updating';
    if (!leftEarly) {
      this.#showNow(empty);
      return;
    }
    const issue = {
      code: 'recorder-gone' as const,
      detail: 'the recorder was taken out before its clips were safe',
    };
    this.#showNow({ ...before, state: 'attention', safeToUndock: false, since: empty.since, issue });
  }

  stop(): void {
    for (const { timer } of this.#shown.values()) if (timer !== null) clearTimeout(timer);
  }

  #emptySlot(slot: string): Slot {
    return {
      slot,
      label: this.#labels.labelOf(slot),
      state: 'empty',
      safeToUndock: false,
      since: new Date().toISOString(),
      dockingId: null,
      recorder: null,
      capabilities: [],
      concerns: [],
      clock: { state: 'unreadable', reason: 'not-read-yet' },
      clockVerdict: { state: 'unknown', reasons: [] },
      progress: null,
      issue: null,
    };
  }

  #hide(slot: string): void {
    clearTimeout(this.#shown.get(slot)?.timer ?? undefined);
    this.#shown.delete(slot);
    this.#board.remove(slot);
  }

  #showNow(slot: Slot): void {
    const timer = this.#shown.get(slot.slot)?.timer ?? null;
    if (timer !== null) clearTimeout(timer);
    this.#shown.set(slot.slot, { slot, shownAtMs: performance.now(), timer: null });
    this.#board.update(slot);
  }

  #showSoon(slot: Slot): void {
    const shown = this.#shown.get(slot.slot);
    const waitMs = progressIntervalMs - (performance.now() - (shown?.shownAtMs ?? 0));
    if (shown === undefined || waitMs <= 0) {
      this.#showNow(slot);
      return;
    }
    shown.slot = slot;
    shown.timer ??= setTimeout(() => this.#showNow(shown.slot), waitMs);
  }
}
