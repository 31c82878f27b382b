import { appendLeaf, emptyFrontier, leafHash } from '../custody/merkle-tree.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { Difference } from './difference.ts';

/** Entries read at a time, so that a long log needs little memory. */
const entriesPerRead = 1000;

export interface CustodyReport {
  entriesChecked: number;
  differences: Difference[];
}

/**
 * Builds the tree of the custody log afresh and compares every leaf and every root; then holds the index's hashes of
 * each clip against what the log said when the clip was pulled and sealed.
 */
export async function verifyCustody(index: IndexReader): Promise<CustodyReport> {
  const differences: Difference[] = [];
  const sealed = await sealedClips(index);
  let frontier = emptyFrontier;
  for (;;) {
    const rows = await index.read(
      'SELECT sequence, clip_id, action, entry, leaf_hash, root_hash FROM custody_entry WHERE sequence >= ? ORDER BY sequence LIMIT ?',
      [frontier.size, entriesPerRead],
    );
    if (rows.length === 0) break;
    for (const row of rows) {
      const subject = `entry ${row.sequence}`;
      if (row.sequence !== frontier.size) {
        differences.push({ code: 'custody-gap', subject, detail: `entry ${frontier.size} is missing` });
        return { entriesChecked: frontier.size, differences };
      }
      const entry = String(row.entry);
      const leaf = leafHash(Buffer.from(entry));
      const appended = appendLeaf(frontier, leaf);
      frontier = appended.frontier;
      if (!sameHash(row.leaf_hash, leaf)) {
        differences.push({
          code: 'custody-entry-differs',
          subject,
          detail: 'the entry does not hash to its leaf',
        });
      } else if (!sameHash(row.root_hash, appended.rootHash)) {
        differences.push({
          code: 'custody-root-differs',
          subject,
          detail: 'the root does not follow from the entries',
        });
      }
      differences.push(...checkClaim(sealed, entry, subject));
    }
  }
  for (const [clipId, claims] of sealed) {
    if (claims.isLogged) continue;
    differences.push({
      code: 'custody-seal-differs',
      subject: clipId,
      detail: 'no entry tells that the clip was sealed',
    });
  }
  return { entriesChecked: frontier.size, differences };
}

interface SealClaims {
  sha256: string;
  recordSha256: string;
  isLogged: boolean;
}

async function sealedClips(index: IndexReader): Promise<Map<string, SealClaims>> {
  const rows = await index.read(
    'SELECT clip_id, sha256, record_sha256 FROM clip WHERE record_sha256 IS NOT NULL',
  );
  return new Map(
    rows.map((row) => [
      String(row.clip_id),
      { sha256: String(row.sha256), recordSha256: String(row.record_sha256), isLogged: false },
    ]),
  );
}

interface LoggedEntry {
  action?: string;
  clipId?: string;
  details?: { recordSha256?: string };
}

function checkClaim(sealed: Map<string, SealClaims>, entry: string, subject: string): Difference[] {
  const logged = parseEntry(entry);
  const claims = logged?.clipId === undefined ? undefined : sealed.get(logged.clipId);
  if (logged?.action !== 'sealed' || claims === undefined) return [];
  claims.isLogged = true;
  if (logged.details?.recordSha256 === claims.recordSha256) return [];
  const detail = `sealed with record ${logged.details?.recordSha256}, the index says ${claims.recordSha256}`;
  return [{ code: 'custody-seal-differs', subject: `${subject}, clip ${logged.clipId}`, detail }];
}

function parseEntry(entry: string): LoggedEntry | null {
  try {
    return JSON.parse(entry) as LoggedEntry;
  } catch {
    return null;
  }
}

function sameHash(stored: unknown, computed: Buffer): boolean {
  return Buffer.isBuffer(stored) && stored.equals(computed);
}
