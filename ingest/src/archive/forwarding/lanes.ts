import { LineShare, type Tier } from './line-share.ts';

/** A clip that may go now. `dueAt` is RFC 3339; `null`: not reckoned yet. */
export interface LaneClip {
  clipId: string;
  sizeBytes: number;
  dueAt: string | null;
}

/** The clips that may go next, the first first; those under way are not among them. */
export type Heads = Readonly<Record<Tier, readonly LaneClip[]>>;

interface Deposit extends LaneClip {
  tier: Tier;
  isYielding: boolean;
}

/**
 * The lanes of one target: which clip goes into a free one, and which gives its own up. The legal deadline decides between
 * an important clip and a bulk one, except that important clips have their share of the line while any waits.
 */
export class Lanes {
  readonly #count: number;
  readonly #share: LineShare;
  readonly #deposits = new Map<string, Deposit>();

  constructor(count: number, importantShare: number) {
    this.#count = count;
    this.#share = new LineShare(importantShare);
  }

  get clipIds(): string[] {
    return [...this.#deposits.keys()];
  }

  /** The clip for a free lane; `null`: no lane is free, or nothing may go. */
  next(heads: Heads): (LaneClip & { tier: Tier }) | null {
    if (heads.important.length === 0 && !this.#hasImportant) this.#share.forget();
    if (this.#deposits.size >= this.#count) return null;
    const [important] = heads.important;
    const [bulk] = heads.bulk;
    if (important !== undefined && (bulk === undefined || this.#goesFirst(important, bulk)))
      return { ...important, tier: 'important' };
    return bulk === undefined ? null : { ...bulk, tier: 'bulk' };
  }

  begin(clip: LaneClip, tier: Tier): void {
    this.#deposits.set(clip.clipId, { ...clip, tier, isYielding: false });
  }

  end(clipId: string): void {
    this.#deposits.delete(clipId);
  }

  /** Counts a piece that goes out. */
  sent(clipId: string, sizeBytes: number, heads: Heads): void {
    const deposit = this.#deposits.get(clipId);
    if (deposit === undefined) return;
    const isShared = heads.important.length > 0 || this.#hasImportant;
    if (isShared) this.#share.count(deposit.tier, sizeBytes);
    else this.#share.forget();
  }

  /** Asked at each border between two parts: whether the deposit gives its lane to an important clip. */
  mustYield(clipId: string, heads: Heads): boolean {
    const deposit = this.#deposits.get(clipId);
    if (deposit === undefined || deposit.tier === 'important') return false;
    if (deposit.isYielding) return true;
    const yielding = [...this.#deposits.values()].filter(({ isYielding }) => isYielding).length;
    const free = this.#count - this.#deposits.size;
    const waiting = heads.important[yielding + free];
    if (waiting === undefined || !this.#goesFirst(waiting, deposit)) return false;
    deposit.isYielding = true;
    return true;
  }

  get #hasImportant(): boolean {
    return [...this.#deposits.values()].some(({ tier }) => tier === 'important');
  }

  #goesFirst(important: LaneClip, bulk: LaneClip): boolean {
    return (
      this.#share.isOwed || important.dueAt === null || bulk.dueAt === null || important.dueAt <= bulk.dueAt
    );
  }
}
