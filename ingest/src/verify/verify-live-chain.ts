import type { IndexReader } from '../index-store/index-database.ts';
import type { SealedFile } from '../store/sealed-file.ts';
import type { Difference } from './difference.ts';

/**
 * Each segment of a live session names the hash of the one before it: none can be taken out, put in or exchanged without
 * the next one showing it. `records`: the sealed records as they stand in the store, by clip id.
 */
export async function verifyLiveChain(
  index: IndexReader,
  records: ReadonlyMap<string, SealedFile>,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const rows = await index.read(
    `SELECT clip_id, live_session_id, sha256 FROM clip WHERE live_session_id IS NOT NULL AND sha256 IS NOT NULL
     ORDER BY live_session_id, live_sequence`,
  );
  let session: unknown = null;
  let previous: string | null = null;
  for (const row of rows) {
    if (row.live_session_id !== session) previous = null;
    session = row.live_session_id;
    const live = records.get(String(row.clip_id))?.live;
    if (live !== undefined && (live.previousSha256 !== previous || live.session !== session)) {
      differences.push({
        code: 'live-chain-broken',
        subject: String(row.clip_id),
        detail: `names ${live.previousSha256 ?? 'nothing'} as the segment before it in session ${live.session}; the index has ${previous ?? 'nothing'} there, in session ${String(session)}`,
      });
    }
    previous = String(row.sha256);
  }
  return differences;
}
