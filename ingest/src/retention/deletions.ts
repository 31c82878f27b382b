import { v7 as uuidv7 } from 'uuid';
import type { CustodyAction, CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { type DeletionRequest, readDeletionRequest } from './deletion-record.ts';
import { keptNow, type VerdictGround } from './deletion-warrant.ts';
import type { PersonGround } from './holds.ts';
import type { KeepReasonCode } from './retention.ts';
import { readerIn } from './retention-facts.ts';

export interface DeletionsOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  /** Another person than the one who asked must approve. */
  isByTwoPersons: boolean;
  /** How things stand now, for the verdict. */
  ground(): Promise<VerdictGround>;
}

/** A clip that was not taken into a request, and why. */
export interface KeptClip {
  clipId: string;
  because: KeepReasonCode[];
}

/** What people say of deletions: asked for by one, approved or refused by another. Nothing goes here; see `ClipEraser`. */
export class Deletions {
  readonly #options: DeletionsOptions;
  #onApproved: () => void = () => {};

  constructor(options: DeletionsOptions) {
    this.#options = options;
  }

  /** Calls `listener` when clips are approved to go. */
  onApproved(listener: () => void): void {
    this.#onApproved = listener;
  }

  /** Asks for clips to be deleted. Those that anything keeps are left out and told. */
  async request(
    clipIds: readonly string[],
    { person, reason }: PersonGround,
  ): Promise<{ request: DeletionRequest | null; kept: KeptClip[] }> {
    const { database, isByTwoPersons, ground } = this.#options;
    const requestId = uuidv7();
    const standing = await ground();
    const kept: KeptClip[] = [];
    const taken: string[] = [];
    await database.write(async (transaction) => {
      for (const clipId of new Set(clipIds)) {
        const because = await reasonsToKeep(transaction, clipId, standing);
        if (because.length === 0) taken.push(clipId);
        else kept.push({ clipId, because });
      }
      if (taken.length === 0) return;
      const now = new Date().toISOString();
      const decided = isByTwoPersons ? [null, null, null] : ['approved', person, now];
      await transaction.run(
        `INSERT INTO deletion_request (request_id, requested_by, requested_at, reason, persons_needed, verdict, decided_by, decided_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [requestId, person, now, reason, isByTwoPersons ? 2 : 1, ...decided],
      );
      for (const clipId of taken) {
        await transaction.run('INSERT INTO deletion (request_id, clip_id, state) VALUES (?, ?, ?)', [
          requestId,
          clipId,
          isByTwoPersons ? 'requested' : 'approved',
        ]);
      }
      await this.#tell(transaction, 'deletion-requested', requestId, taken, { person, reason });
      if (isByTwoPersons) return;
      await this.#tell(transaction, 'deletion-approved', requestId, taken, { person, reason });
      transaction.onCommit(() => this.#onApproved());
    });
    return { request: await readDeletionRequest(database, requestId), kept };
  }

  /** Throws IngestError DELETION_UNKNOWN, DELETION_DECIDED, and SAME_PERSON where the one who asked approves. */
  approve(requestId: string, ground: PersonGround): Promise<DeletionRequest> {
    return this.#decide(requestId, 'approved', ground);
  }

  /** Throws IngestError DELETION_UNKNOWN or DELETION_DECIDED. The one who asked may take it back so. */
  refuse(requestId: string, ground: PersonGround): Promise<DeletionRequest> {
    return this.#decide(requestId, 'refused', ground);
  }

  async #decide(
    requestId: string,
    verdict: 'approved' | 'refused',
    { person, reason }: PersonGround,
  ): Promise<DeletionRequest> {
    const { database } = this.#options;
    await database.write(async (transaction) => {
      const request = await readDeletionRequest(readerIn(transaction), requestId);
      if (request === null) throw new IngestError('DELETION_UNKNOWN', `no deletion ${requestId}`);
      if (request.verdict !== null) {
        throw new IngestError('DELETION_DECIDED', `${request.verdict} by ${request.decidedBy}`);
      }
      if (verdict === 'approved' && request.needsSecondPerson && request.requestedBy === person) {
        throw new IngestError(
          'SAME_PERSON',
          `${person} asked for the deletion; another person must approve it`,
        );
      }
      await transaction.run(
        'UPDATE deletion_request SET verdict = ?, decided_by = ?, decided_at = ?, decision_reason = ? WHERE request_id = ?',
        [verdict, person, new Date().toISOString(), reason, requestId],
      );
      await transaction.run("UPDATE deletion SET state = ? WHERE request_id = ? AND state = 'requested'", [
        verdict,
        requestId,
      ]);
      const clipIds = request.clips.map(({ clipId }) => clipId);
      await this.#tell(transaction, `deletion-${verdict}`, requestId, clipIds, { person, reason });
      if (verdict === 'approved') transaction.onCommit(() => this.#onApproved());
    });
    const decided = await readDeletionRequest(database, requestId);
    if (decided === null) throw new RangeError(`no deletion ${requestId}`);
    return decided;
  }

  /** One entry for each clip, so that each clip's history tells it. */
  async #tell(
    transaction: Transaction,
    action: CustodyAction,
    requestId: string,
    clipIds: readonly string[],
    { person, reason }: PersonGround,
  ): Promise<void> {
    for (const clipId of clipIds) {
      await this.#options.custody.append(transaction, {
        action,
        actor: `operator:${person}`,
        clipId,
        details: { requestId, reason },
      });
    }
  }
}

async function reasonsToKeep(
  transaction: Transaction,
  clipId: string,
  ground: VerdictGround,
): Promise<KeepReasonCode[]> {
  const index = readerIn(transaction);
  const { reasons } = await keptNow(index, clipId, ground);
  const [asked] = await index.read(
    "SELECT 1 FROM deletion WHERE clip_id = ? AND state IN ('requested', 'approved')",
    [clipId],
  );
  const codes = reasons.map(({ code }) => code);
  return [...new Set(asked === undefined ? codes : [...codes, 'deletion-asked' as const])];
}
