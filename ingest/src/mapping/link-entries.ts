import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { Transaction } from '../index-store/index-database.ts';
import type { ClipLink, LinkConfidence, LinkSource } from './clip-link.ts';
import type { LinkTarget } from './decision.ts';

/** What is to stand of a clip's links. */
export interface WantedLink extends LinkTarget {
  source: LinkSource;
  confidence: LinkConfidence;
}

/** Who changes links and why, and what it rests on. */
export interface LinkGround {
  /** `gateway`, or `operator:<who>`. */
  actor: string;
  reason: string;
  evidence: { readonly [key: string]: JsonValue };
}

/**
 * Writes entries on links in one transaction. What stood is never changed: an `unlinked` entry ends it, or a `linked` one
 * with the same target takes its place.
 */
export class LinkEntries {
  readonly #transaction: Transaction;
  readonly #custody: CustodyLog;
  readonly #at = new Date().toISOString();
  #next: number;

  private constructor(transaction: Transaction, custody: CustodyLog, next: number) {
    this.#transaction = transaction;
    this.#custody = custody;
    this.#next = next;
  }

  static async begin(transaction: Transaction, custody: CustodyLog): Promise<LinkEntries> {
    const [row] = await transaction.all('SELECT coalesce(max(sequence) + 1, 0) AS next FROM clip_link_entry');
    return new LinkEntries(transaction, custody, Number(row?.next));
  }

  /** Brings the links of a clip from `standing` to `wanted`. Resolves with whether anything was to be changed. */
  async change(
    clipId: string,
    standing: readonly ClipLink[],
    wanted: readonly WantedLink[],
    ground: LinkGround,
  ): Promise<boolean> {
    const gone = standing.filter((link) => !wanted.some((one) => isSameTarget(one, link)));
    // What a person says again is a word of its own; what only stays as it was is none.
    const isSaid = (one: WantedLink) => ground.actor !== 'gateway' && !('sequence' in one);
    const fresh = wanted.filter((one) => isSaid(one) || !standing.some((link) => isSameLink(one, link)));
    for (const link of gone) {
      await this.#insert(clipId, 'unlinked', { ...link, supersedes: link.sequence }, ground);
      await this.#end(link.sequence);
    }
    for (const link of fresh) {
      const before = standing.find((one) => isSameTarget(one, link)) ?? null;
      const supersedes = before?.sequence ?? null;
      const sequence = await this.#insert(clipId, 'linked', { ...link, supersedes }, ground);
      if (supersedes !== null) await this.#end(supersedes);
      await this.#transaction.run(
        'INSERT INTO clip_link (sequence, clip_id, case_id, activity_id, step, source) VALUES (?, ?, ?, ?, ?, ?)',
        [sequence, clipId, link.caseId, link.activityId, link.step, link.source],
      );
    }
    if (gone.length > 0) await this.#tell('unlinked', clipId, gone, ground);
    if (fresh.length > 0) await this.#tell('linked', clipId, fresh, ground);
    return gone.length > 0 || fresh.length > 0;
  }

  /** Says that a clip belongs to no case (与执法无关). Its links must have been ended. */
  async setAside(clipId: string, ground: LinkGround): Promise<void> {
    const nowhere = { caseId: null, activityId: null, step: null, supersedes: null };
    const source = ground.actor === 'gateway' ? 'interval' : 'manual';
    await this.#insert(clipId, 'set-aside', { ...nowhere, source, confidence: 'certain' }, ground);
    await this.#tell('set-aside', clipId, [], ground);
  }

  /** Says that what was said of a clip before counts no longer, where no link is there to be ended. */
  async takeBack(clipId: string, ground: LinkGround): Promise<void> {
    const nowhere = { caseId: null, activityId: null, step: null, supersedes: null };
    await this.#insert(clipId, 'unlinked', { ...nowhere, source: 'manual', confidence: 'certain' }, ground);
    await this.#tell('unlinked', clipId, [], ground);
  }

  async #insert(
    clipId: string,
    act: 'linked' | 'unlinked' | 'set-aside',
    link: Omit<WantedLink, 'caseId'> & { caseId: string | null; supersedes: number | null },
    { actor, reason, evidence }: LinkGround,
  ): Promise<number> {
    const sequence = this.#next++;
    await this.#transaction.run(
      `INSERT INTO clip_link_entry (sequence, clip_id, act, case_id, activity_id, step, source, confidence, actor, reason, evidence, supersedes, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        sequence,
        clipId,
        act,
        link.caseId,
        link.activityId,
        link.step,
        link.source,
        link.confidence,
        actor,
        reason,
        JSON.stringify(evidence),
        link.supersedes,
        this.#at,
      ],
    );
    return sequence;
  }

  async #end(sequence: number): Promise<void> {
    await this.#transaction.run('DELETE FROM clip_link WHERE sequence = ?', [sequence]);
  }

  async #tell(
    action: 'linked' | 'unlinked' | 'set-aside',
    clipId: string,
    links: readonly WantedLink[],
    { actor, reason }: LinkGround,
  ): Promise<void> {
    await this.#custody.append(this.#transaction, {
      action,
      clipId,
      ...(actor === 'gateway' ? {} : { actor }),
      details: {
        reason,
        links: links.map(({ caseId, activityId, step, source, confidence }) => ({
          caseId,
          activityId,
          step,
          source,
          confidence,
        })),
      },
    });
  }
}

export function isSameTarget(one: LinkTarget, other: LinkTarget): boolean {
  return one.caseId === other.caseId && one.activityId === other.activityId;
}

function isSameLink(one: WantedLink, other: WantedLink): boolean {
  return (
    isSameTarget(one, other) &&
    one.step === other.step &&
    one.source === other.source &&
    one.confidence === other.confidence
  );
}
