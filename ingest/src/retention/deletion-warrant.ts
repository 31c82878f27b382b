import type { IndexReader, Transaction } from '../index-store/index-database.ts';
import { type KeepReason, type Retention, type RetentionPolicy, usualRetention } from './retention.ts';
import { readerIn, readRetentionFacts } from './retention-facts.ts';
import { retentionOf } from './retention-of.ts';

/** Known to this module alone: nobody else can make a warrant, in whatever language they write. */
const seal = Symbol('made by a verdict');

/**
 * The right to remove the bytes of one clip, and nothing else. Only this module makes one: for a clip that no reason keeps,
 * over facts read in the transaction that deletes it; or for one whose deletion was begun so and then cut off.
 */
export class DeletionWarrant {
  readonly clipId: string;
  readonly requestId: string;
  readonly sha256: string;
  readonly #seal: typeof seal;

  private constructor(facts: { clipId: string; requestId: string; sha256: string }, given: typeof seal) {
    if (given !== seal) throw new TypeError('a deletion warrant is made by a verdict only');
    this.clipId = facts.clipId;
    this.requestId = facts.requestId;
    this.sha256 = facts.sha256;
    this.#seal = given;
  }

  /** Throws TypeError for whatever only looks like a warrant. */
  static assertGenuine(warrant: DeletionWarrant): void {
    if (!(#seal in warrant) || warrant.#seal !== seal) throw new TypeError('this is no deletion warrant');
  }

  /** @internal For the functions of this module: no other has the seal. */
  static make(
    facts: { clipId: string; requestId: string; sha256: string },
    given: typeof seal,
  ): DeletionWarrant {
    return new DeletionWarrant(facts, given);
  }
}

export interface VerdictGround {
  policy: RetentionPolicy;
  zone: string;
  /** False while nobody can vouch for the dock’s clock: a wrong year must not end a period. */
  isClockSure: boolean;
}

export const usualGround: VerdictGround = {
  policy: usualRetention,
  zone: 'Asia/Shanghai',
  isClockSure: true,
};

export type DeletionVerdict =
  | { mayDelete: true; warrant: DeletionWarrant; retention: Retention }
  | { mayDelete: false; because: KeepReason[] };

/**
 * The one place that decides whether a stored clip may go. Looks at what stands in the index within `transaction`: the
 * caller moves the clip in the same one. The guards of migration 0009 say the same again, in SQL.
 */
export async function deletionVerdict(
  transaction: Transaction,
  { clipId, requestId }: { clipId: string; requestId: string },
  ground: VerdictGround,
): Promise<DeletionVerdict> {
  const index = readerIn(transaction);
  const retention = await keptNow(index, clipId, ground);
  if (retention.reasons.length > 0) return { mayDelete: false, because: retention.reasons };
  const [row] = await index.read('SELECT sha256 FROM clip WHERE clip_id = ?', [clipId]);
  const facts = { clipId, requestId, sha256: String(row?.sha256) };
  return { mayDelete: true, warrant: DeletionWarrant.make(facts, seal), retention };
}

/** The class of a clip and all that keeps it at this moment. A clip nobody knows is kept. */
export async function keptNow(index: IndexReader, clipId: string, ground: VerdictGround): Promise<Retention> {
  const { policy, zone, isClockSure } = ground;
  const facts = (await readRetentionFacts(index, [clipId])).get(clipId);
  if (facts === undefined) return { class: 'undecided', keepUntil: null, reasons: [notSealed] };
  const retention = retentionOf(facts, policy, { now: new Date().toISOString(), zone });
  if (isClockSure) return retention;
  return { ...retention, reasons: [...retention.reasons, clockUnsure] };
}

const notSealed: KeepReason = { code: 'not-sealed', subject: null, until: null };
const clockUnsure: KeepReason = { code: 'clock-unsure', subject: null, until: null };

/** The warrant of a deletion that was begun and not finished; `null` where none was. */
export async function warrantOfBegun(
  index: IndexReader,
  { clipId, requestId }: { clipId: string; requestId: string },
): Promise<DeletionWarrant | null> {
  const [row] = await index.read(
    `SELECT clip.sha256 FROM clip JOIN deletion USING (clip_id)
     WHERE clip.clip_id = ? AND clip.state = 'deleted' AND deletion.request_id = ? AND deletion.state = 'started'`,
    [clipId, requestId],
  );
  return row === undefined
    ? null
    : DeletionWarrant.make({ clipId, requestId, sha256: String(row.sha256) }, seal);
}
