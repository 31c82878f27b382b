import type { IndexReader } from '@docket/ingest';
import type { ArchiveFeed } from '../contract/index.ts';

/** How far each feed has got with the index records of this dock. */
export async function readFeeds(index: IndexReader): Promise<ArchiveFeed[]> {
  const [last] = await index.read('SELECT max(sequence) AS sequence FROM index_record');
  const next = last?.sequence === null || last === undefined ? 0 : Number(last.sequence) + 1;
  const rows = await index.read('SELECT * FROM record_feed ORDER BY feed');
  return rows.map((row) => ({
    name: String(row.feed),
    waitingRecords: Math.max(0, next - Number(row.next_sequence)),
    attempts: Number(row.attempts),
    lastDeliveredAt: row.last_delivered_at === null ? null : String(row.last_delivered_at),
    lastError: row.last_error === null ? null : String(row.last_error),
  }));
}
