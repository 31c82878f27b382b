import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveTarget } from '../archive/archive-target.ts';
import { moveClip } from '../clip/clip-moves.ts';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { announceStep } from '../step-channel.ts';
import { replaceFile, syncFolder } from '../store/durable-files.ts';
import { deletionFileName, mediaFileName, type StoreLayout } from '../store/store-layout.ts';
import { type ArchivedCopy, type DeletionGrounds, drawUpCertificate } from './certificate.ts';
import { DeletionWarrant, deletionVerdict, type VerdictGround } from './deletion-warrant.ts';
import type { KeepReason } from './retention.ts';
import { readerIn, readRetentionFacts } from './retention-facts.ts';

export interface DeletionServices {
  database: IndexDatabase;
  custody: CustodyLog;
  layout: StoreLayout;
  targets: readonly ArchiveTarget[];
}

/** One clip of one request. */
export interface DeletionOf {
  clipId: string;
  requestId: string;
}

/**
 * Begins an approved deletion: verdict, state `deleted` and custody entry in one transaction, before any byte goes. From
 * then on no link and no hold can reach the clip. `null` where something keeps it after all, which is then written down.
 */
export async function beginDeletion(
  { database, custody }: DeletionServices,
  deletion: DeletionOf,
  ground: VerdictGround,
): Promise<DeletionWarrant | null> {
  const { clipId, requestId } = deletion;
  return database.write(async (transaction) => {
    const verdict = await deletionVerdict(transaction, deletion, ground);
    if (!verdict.mayDelete) {
      const codes = codesOf(verdict.because);
      await transaction.run(
        "UPDATE deletion SET state = 'kept', kept_because = ? WHERE request_id = ? AND clip_id = ?",
        [JSON.stringify(codes), requestId, clipId],
      );
      await custody.append(transaction, {
        action: 'deletion-kept',
        clipId,
        details: { requestId, because: codes },
      });
      return null;
    }
    const facts = (await readRetentionFacts(readerIn(transaction), [clipId])).get(clipId);
    const grounds: DeletionGrounds = {
      class: verdict.retention.class,
      keptUntil: verdict.retention.keepUntil ?? '',
      sealedAt: facts?.sealedAt ?? '',
    };
    await transaction.run(
      "UPDATE deletion SET state = 'started', grounds = ?, started_at = ? WHERE request_id = ? AND clip_id = ?",
      [JSON.stringify(grounds), new Date().toISOString(), requestId, clipId],
    );
    await transaction.run("UPDATE clip SET preview_state = 'none' WHERE clip_id = ?", [clipId]);
    const { sha256 } = verdict.warrant;
    await moveClip(transaction, custody, { clipId, to: 'deleted', details: { requestId, sha256 } });
    return verdict.warrant;
  });
}

/**
 * Removes the bytes of one clip from store and archive, and writes its certificate. The only code that removes what is
 * stored; safe to repeat after a stop at any point. Its sealed record stays. Throws IngestError ARCHIVE_FAILED, and
 * whatever the store's disk says: then it is tried again.
 */
export async function deleteClip(services: DeletionServices, warrant: DeletionWarrant): Promise<void> {
  DeletionWarrant.assertGenuine(warrant);
  const { database, custody, layout, targets } = services;
  const { clipId, requestId } = warrant;
  await removeFromStore(services, clipId);
  const copies: ArchivedCopy[] = [];
  for (const target of targets) {
    const outcome = await target.remove(warrant, () => isContentNeeded(database, warrant));
    copies.push({ target: target.name, outcome });
  }
  const certificate = await drawUpCertificate(database, warrant, copies);
  const text = canonicalJson(certificate as unknown as JsonValue);
  await replaceFile(join(layout.sealedFolder(clipId), deletionFileName), text, layout.incoming);
  announceStep('deletion.certified', clipId);
  await database.write(async (transaction) => {
    await transaction.run(
      "UPDATE deletion SET state = 'done', done_at = ?, certificate = ? WHERE request_id = ? AND clip_id = ?",
      [certificate.doneAt, text, requestId, clipId],
    );
    await custody.append(transaction, {
      action: 'deleted',
      clipId,
      details: certificate as unknown as { [key: string]: JsonValue },
    });
  });
  announceStep('clip.bytes-deleted', clipId);
}

async function removeFromStore({ database, layout }: DeletionServices, clipId: string): Promise<void> {
  const [row] = await database.read('SELECT name FROM clip WHERE clip_id = ?', [clipId]);
  const folder = layout.sealedFolder(clipId);
  await rm(join(folder, mediaFileName(String(row?.name))), { force: true });
  await rm(layout.thumbnailFile(clipId), { force: true });
  await syncFolder(folder);
  announceStep('store.removed', clipId);
}

/** True while a clip that is not deleted has the same content. */
async function isContentNeeded(
  database: IndexDatabase,
  { clipId, sha256 }: DeletionWarrant,
): Promise<boolean> {
  const rows = await database.read(
    "SELECT 1 FROM clip WHERE sha256 = ? AND clip_id <> ? AND state <> 'deleted' LIMIT 1",
    [sha256, clipId],
  );
  return rows.length > 0;
}

function codesOf(reasons: readonly KeepReason[]): string[] {
  return [...new Set(reasons.map(({ code }) => code))];
}
