import type { AccessUnit } from '@docket/device-protocol/live';
import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../../custody/custody-log.ts';
import { closeGap, insertGap, type NewGap, toldGap } from '../live-index.ts';
import type { LiveReason, LostMedia } from '../live-reason.ts';
import type { LiveGapCause } from '../live-recording.ts';
import type { LiveJournal } from './live-journal.ts';
import type { Following } from './media-line.ts';

type GapFacts = Pick<NewGap, 'cause' | 'fromMs' | 'toMs' | 'reason'>;

/** What is missing or damaged from one time of arrival to another. */
interface Loss {
  fromMs: number;
  toMs: number;
  units: number;
  pictures?: LostMedia;
  sound?: LostMedia;
}

/** Losses closer together than this are one gap. */
const oneLossMs = 1000;

/** What is missing in a session and what turned in it: each told to the index once, and once more when it is over. */
export class SessionGaps {
  readonly #session: { sessionId: string; recorderId: string };
  readonly #journal: LiveJournal;
  readonly #custody: CustodyLog;
  readonly #onWithin: (gap: NewGap) => void;
  #open: NewGap | null = null;
  #loss: Loss | null = null;

  /** `onWithin`: called with each that lies in footage, and does not stand for its absence. */
  constructor(
    session: { sessionId: string; recorderId: string },
    journal: LiveJournal,
    custody: CustodyLog,
    onWithin: (gap: NewGap) => void,
  ) {
    this.#session = session;
    this.#journal = journal;
    this.#custody = custody;
    this.#onWithin = onWithin;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** One that is over. */
  note(facts: GapFacts): void {
    const gap = this.#gap(facts);
    this.#onWithin(gap);
    this.#insert(gap);
  }

  /** One that is over, where no footage stands. */
  missed(facts: GapFacts): void {
    this.#insert(this.#gap(facts));
  }

  /** No footage from here on. One that is open already goes on. */
  begin(cause: LiveGapCause, reason: LiveReason, fromMs: number): void {
    if (this.#open !== null) return;
    this.#open = this.#gap({ cause, reason, fromMs, toMs: null });
    this.#insert(this.#open);
  }

  /** The stream took a turn, at which footage begins anew. Where there is none anyway, that is no gap of its own. */
  turn(cause: LiveGapCause, reason: LiveReason, fromMs: number, toMs: number): void {
    if (this.#open === null) this.note({ cause, reason, fromMs, toMs });
  }

  /** Footage again. */
  end(atMs: number): void {
    const gap = this.#open;
    if (gap === null) return;
    this.#open = null;
    const closed = { ...toldGap(gap), toMs: Math.max(atMs, gap.fromMs) };
    void this.#journal.note((transaction) => closeGap(transaction, this.#custody, closed));
  }

  /** Tells what is missing before a unit, or in it. `lastUnitMs`: when the one before it arrived. */
  noteLoss(unit: AccessUnit, following: Following, lastUnitMs: number | null): void {
    const missingMs = 'missingMs' in following ? following.missingMs : 0;
    if (missingMs === 0 && (unit.isWhole || unit.isUnfinished)) return;
    const toMs = unit.arrival.atMs;
    const earliestMs = toMs - missingMs;
    const fromMs = Math.min(toMs, Math.max(earliestMs, lastUnitMs ?? earliestMs));
    const lost = { damaged: unit.isWhole ? 0 : 1, missingMs: Math.round(missingMs) };
    this.#lose(fromMs, toMs, unit.track.kind === 'video' ? 'pictures' : 'sound', lost);
  }

  /** Something is missing or damaged; told once no more can belong to it. */
  #lose(fromMs: number, toMs: number, of: 'pictures' | 'sound', lost: LostMedia): void {
    if (this.#loss === null || fromMs - this.#loss.toMs > oneLossMs) {
      this.tellLoss();
      this.#loss = { fromMs, toMs, units: 0 };
    }
    const loss = this.#loss;
    loss.toMs = Math.max(loss.toMs, toMs);
    loss.units += 1;
    const { damaged, missingMs } = loss[of] ?? { damaged: 0, missingMs: 0 };
    loss[of] = { damaged: damaged + lost.damaged, missingMs: missingMs + lost.missingMs };
  }

  /** Tells of what was lost, where it lies so far back that no more can belong to it. */
  tellLossBefore(nowMs: number): void {
    if (this.#loss !== null && nowMs - this.#loss.toMs > oneLossMs) this.tellLoss();
  }

  tellLoss(): void {
    if (this.#loss === null) return;
    const { fromMs, toMs, ...lost } = this.#loss;
    this.#loss = null;
    this.note({ cause: 'packets-lost', fromMs, toMs, reason: { kind: 'units-lost', ...lost } });
  }

  #gap(facts: GapFacts): NewGap {
    const { sessionId, recorderId } = this.#session;
    return { gapId: uuidv7(), sessionId, recorderId, ...facts };
  }

  #insert(gap: NewGap): void {
    void this.#journal.note((transaction) => insertGap(transaction, this.#custody, gap));
  }
}
