import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipRecord } from '../clip/clip-record.ts';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import { errnoOf } from '../errors.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { deletionFileName, type StoreLayout } from '../store/store-layout.ts';
import type { Difference } from './difference.ts';

/** A clip that is gone, as the custody log tells it. */
export interface DeletedClip {
  clipId: string;
  name: string;
  sha256: string;
  sizeBytes: number;
  /** `null`: begun and cut off; it is finished when the gateway runs again. */
  deletedAt: string | null;
  requestedBy: string | null;
  approvedBy: string | null;
}

/**
 * Missing bytes are right only where the custody log says of exactly this clip and content that they were deleted. A
 * deletion that was begun and cut off is told as such.
 */
export async function verifyDeletions(
  index: IndexReader,
  layout: StoreLayout,
  clips: readonly ClipRecord[],
): Promise<{ deleted: DeletedClip[]; differences: Difference[] }> {
  const deleted: DeletedClip[] = [];
  const differences: Difference[] = [];
  for (const clip of clips) {
    const { clipId, name, sizeBytes } = clip;
    const logged = await loggedDeletion(index, clip);
    if (!logged.isBegun) {
      const detail = 'the index says that it was deleted, the custody log does not';
      differences.push({ code: 'deletion-not-logged', subject: clipId, detail });
    }
    deleted.push({
      clipId,
      name,
      sha256: clip.sha256 ?? '',
      sizeBytes,
      deletedAt: logged.certificate?.doneAt ?? null,
      requestedBy: logged.certificate?.requestedBy ?? null,
      approvedBy: logged.certificate?.approvedBy ?? null,
    });
    if (logged.certificate !== null) {
      differences.push(...(await differencesOf(layout, clip, logged.certificate)));
    }
  }
  return { deleted, differences };
}

interface LoggedCertificate {
  sha256?: string;
  sizeBytes?: number;
  doneAt?: string;
  requestedBy?: string;
  approvedBy?: string;
}

async function loggedDeletion(
  index: IndexReader,
  { clipId, sha256, sizeBytes }: ClipRecord,
): Promise<{ isBegun: boolean; certificate: LoggedCertificate | null }> {
  const rows = await index.read(
    "SELECT action, entry FROM custody_entry WHERE clip_id = ? AND action IN ('deletion-started', 'deleted') ORDER BY sequence",
    [clipId],
  );
  let isBegun = false;
  let certificate: LoggedCertificate | null = null;
  for (const { action, entry } of rows) {
    const details = detailsOf(String(entry));
    if (details.sha256 !== sha256) continue;
    if (action === 'deletion-started') isBegun = true;
    else if (details.sizeBytes === sizeBytes) certificate = details;
  }
  return { isBegun, certificate };
}

function detailsOf(entry: string): LoggedCertificate {
  try {
    return (JSON.parse(entry) as { details?: LoggedCertificate }).details ?? {};
  } catch {
    // An entry that is no JSON is told of by the check of the log itself.
    return {};
  }
}

async function differencesOf(
  layout: StoreLayout,
  clip: ClipRecord,
  logged: LoggedCertificate,
): Promise<Difference[]> {
  const { clipId, name } = clip;
  const differences: Difference[] = [];
  const media = layout.mediaFile(clipId, name);
  if (await exists(media)) {
    const detail = `${media} is there, and the log says that it was deleted`;
    differences.push({ code: 'media-not-deleted', subject: clipId, detail });
  }
  const file = join(layout.sealedFolder(clipId), deletionFileName);
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found !== canonicalJson(logged as unknown as JsonValue)) {
    const detail = `${file} is not the certificate that the custody log holds`;
    differences.push({ code: 'certificate-differs', subject: clipId, detail });
  }
  return differences;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
