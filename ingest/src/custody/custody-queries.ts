import type { IndexDatabase } from '../index-store/index-database.ts';

/** One entry of the custody log as it stands in the index; hashes are lower-case hex. */
export interface CustodyRecord {
  sequence: number;
  at: string;
  actor: string;
  action: string;
  clipId: string | null;
  dockingId: string | null;
  recorderId: string | null;
  entry: string;
  leafHash: string;
  rootHash: string;
}

/** Entries in the order they were written, from after `after`; of one clip, docking or recorder where named. */
export async function listCustody(
  database: IndexDatabase,
  filter: {
    clipId?: string;
    dockingId?: string;
    recorderId?: string;
    after: number | null;
    limit: number;
  },
): Promise<{ entries: CustodyRecord[]; next: number | null }> {
  const rows = await database.read(
    `SELECT sequence, at, actor, action, clip_id, docking_id, recorder_id, entry, hex(leaf_hash) AS leaf, hex(root_hash) AS root
     FROM custody_entry
     WHERE sequence > ? ${filter.clipId === undefined ? '' : 'AND clip_id = ?'} ${filter.dockingId === undefined ? '' : 'AND docking_id = ?'} ${filter.recorderId === undefined ? '' : 'AND recorder_id = ?'}
     ORDER BY sequence LIMIT ?`,
    [
      filter.after ?? -1,
      ...(filter.clipId === undefined ? [] : [filter.clipId]),
      ...(filter.dockingId === undefined ? [] : [filter.dockingId]),
      ...(filter.recorderId === undefined ? [] : [filter.recorderId]),
      filter.limit + 1,
    ],
  );
  const entries = rows.slice(0, filter.limit).map((row) => ({
    sequence: Number(row.sequence),
    at: String(row.at),
    actor: String(row.actor),
    action: String(row.action),
    clipId: row.clip_id === null ? null : String(row.clip_id),
    dockingId: row.docking_id === null ? null : String(row.docking_id),
    recorderId: row.recorder_id === null ? null : String(row.recorder_id),
    entry: String(row.entry),
    leafHash: String(row.leaf).toLowerCase(),
    rootHash: String(row.root).toLowerCase(),
  }));
  return { entries, next: rows.length > filter.limit ? (entries.at(-1)?.sequence ?? null) : null };
}
