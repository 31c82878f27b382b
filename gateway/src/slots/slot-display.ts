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

/** Turns what dockings report into what slots show, without flooding whoever watches. */
export class SlotDisplay {
  readonly #board: SlotBoard;
  readonly #labels: ReadonlyMap<string, string>;
  readonly #shown = new Map<string, Shown>();

  /** Slots that have a label are shown from the start, empty. */
  constructor(board: SlotBoard, labels: ReadonlyMap<string, string>) {
    this.#board = board;
    this.#labels = labels;
    for (const slot of labels.keys()) this.#showNow(this.#emptySlot(slot));
  }

  status(status: DockingStatus): void {
    const before = this.#shown.get(status.slot)?.slot;
    const isSameState = before?.dockingId === status.dockingId && before.state === status.phase;
    const next: Slot = {
      slot: status.slot,
      label: this.#labels.get(status.slot) ?? null,
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
    const leftEarly = before !== undefined && before.progress !== null && !before.safeToUndock;
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
      label: this.#labels.get(slot) ?? null,
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
