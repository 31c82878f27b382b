import { stat } from 'node:fs/promises';
import type { ClipRecord } from '../clip/clip-record.ts';
import { errnoOf } from '../errors.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { StoreLayout } from '../store/store-layout.ts';
import type { Difference } from './difference.ts';

/**
 * Bytes that have left the store are rightly missing only where the custody log says of exactly this content that they left,
 * and a receipt says where they are. One whose leaving was cut off is finished when the gateway runs again.
 */
export async function verifyLocalCopies(
  index: IndexReader,
  layout: StoreLayout,
  clips: readonly ClipRecord[],
): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const clip of clips) {
    const { clipId, name } = clip;
    if (!(await isLogged(index, clip))) {
      const detail = 'the index says that its bytes left for the archive’s, custody log and receipts do not';
      differences.push({ code: 'leaving-not-logged', subject: clipId, detail });
    }
    const media = layout.mediaFile(clipId, name);
    if ((await exists(media)) && !(await isLeaving(index, clipId))) {
      const detail = `${media} is there, and the log says that it left`;
      differences.push({ code: 'media-not-left', subject: clipId, detail });
    }
  }
  return differences;
}

async function isLogged(index: IndexReader, { clipId, sha256, sizeBytes }: ClipRecord): Promise<boolean> {
  const [row] = await index.read(
    `SELECT EXISTS (SELECT 1 FROM custody_entry WHERE clip_id = ?1 AND action = 'local-copy-removed'
         AND entry ->> '$.details.sha256' = ?2) AS logged,
       EXISTS (SELECT 1 FROM receipt WHERE clip_id = ?1 AND sha256 = ?2 AND size_bytes = ?3) AS receipted`,
    [clipId, sha256, sizeBytes],
  );
  return row?.logged === 1 && row.receipted === 1;
}

async function isLeaving(index: IndexReader, clipId: string): Promise<boolean> {
  const rows = await index.read('SELECT 1 FROM local_copy_leaving WHERE clip_id = ?', [clipId]);
  return rows.length > 0;
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
