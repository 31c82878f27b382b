import { type IndexDatabase, sha256Hex, type Transaction } from '@docket/ingest';
import { ReceiverProblem } from './receiver-problem.ts';

/** One link of a dock's chain of index records. */
export interface ChainLink {
  dock: string;
  sequence: number;
  sha256: string;
  previousSha256: string;
}

const nothing = '0'.repeat(64);

/** What of an index record makes it a link. Throws `request-invalid`. */
export function readLink(body: string, expected: { dock: string; sequence: number }): ChainLink {
  const value = parsed(body);
  const { dock, sequence, previousSha256 } = value;
  if (dock !== expected.dock || sequence !== expected.sequence) {
    throw new ReceiverProblem('request-invalid', 'the record is not the one its key names');
  }
  if (typeof previousSha256 !== 'string' || !/^[0-9a-f]{64}$/u.test(previousSha256)) {
    throw new ReceiverProblem('request-invalid', 'the record does not name the one before it');
  }
  return { ...expected, sha256: sha256Hex(body), previousSha256 };
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new ReceiverProblem('request-invalid', 'the record is no JSON object');
}

/**
 * Throws `chain-broken` where the link contradicts a kept one: another record of the same sequence (a fork), or a neighbour that
 * names or is named otherwise. A link whose neighbours are not there yet is a gap, which is kept and told.
 */
export async function assertFollows(transaction: Transaction, link: ChainLink): Promise<void> {
  const rows = await transaction.all(
    'SELECT sequence, sha256, previous_sha256 FROM chain_record WHERE dock = ? AND sequence BETWEEN ? AND ?',
    [link.dock, link.sequence - 1, link.sequence + 1],
  );
  for (const row of rows) {
    const at = Number(row.sequence);
    const broken =
      (at === link.sequence && row.sha256 !== link.sha256) ||
      (at === link.sequence - 1 && row.sha256 !== link.previousSha256) ||
      (at === link.sequence + 1 && row.previous_sha256 !== link.sha256);
    if (broken) throw new ReceiverProblem('chain-broken', `record ${at} of ${link.dock} is another`);
  }
  if (link.sequence === 0 && link.previousSha256 !== nothing) {
    throw new ReceiverProblem('chain-broken', 'the first record of a dock follows none');
  }
}

export async function keepLink(transaction: Transaction, link: ChainLink): Promise<void> {
  await transaction.run(
    'INSERT INTO chain_record (dock, sequence, sha256, previous_sha256) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    [link.dock, link.sequence, link.sha256, link.previousSha256],
  );
}

/** What is here of a dock's chain. */
export interface ChainStanding {
  records: number;
  last: { sequence: number; sha256: string } | null;
  /** Sequences that are missing below the last, each from and to including; at most a hundred. */
  gaps: { from: number; to: number }[];
}

const mostGaps = 100;

export async function readChain(database: IndexDatabase, dock: string): Promise<ChainStanding> {
  const [counted] = await database.read(
    'SELECT count(*) AS records, max(sequence) AS last, min(sequence) AS first FROM chain_record WHERE dock = ?',
    [dock],
  );
  if (counted === undefined || counted.last === null) return { records: 0, last: null, gaps: [] };
  const [last] = await database.read(
    'SELECT sequence, sha256 FROM chain_record WHERE dock = ? AND sequence = ?',
    [dock, Number(counted.last)],
  );
  const rows = await database.read(
    `SELECT sequence, following FROM (
       SELECT sequence, lead(sequence) OVER (ORDER BY sequence) AS following FROM chain_record WHERE dock = ?
     ) WHERE following > sequence + 1 ORDER BY sequence LIMIT ?`,
    [dock, mostGaps],
  );
  const inner = rows.map((row) => ({ from: Number(row.sequence) + 1, to: Number(row.following) - 1 }));
  const first = Number(counted.first);
  return {
    records: Number(counted.records),
    last: { sequence: Number(last?.sequence), sha256: String(last?.sha256) },
    gaps: first === 0 ? inner : [{ from: 0, to: first - 1 }, ...inner].slice(0, mostGaps),
  };
}
