import { IngestError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { migration0001 } from './migrations/0001-clips.ts';
import { migration0002 } from './migrations/0002-time.ts';
import { migration0003 } from './migrations/0003-register.ts';
import { migration0004 } from './migrations/0004-firmware.ts';
import { migration0005 } from './migrations/0005-cases.ts';
import { migration0006 } from './migrations/0006-duty-lists.ts';
import { migration0007 } from './migrations/0007-links.ts';
import { migration0008 } from './migrations/0008-coverage.ts';
import { migration0009 } from './migrations/0009-retention.ts';
import { migration0010 } from './migrations/0010-review.ts';
import { migration0011 } from './migrations/0011-statistics.ts';
import { migration0012 } from './migrations/0012-live.ts';
import { migration0013 } from './migrations/0013-operations.ts';
import { migration0014 } from './migrations/0014-reconciliation.ts';
import { migration0015 } from './migrations/0015-forwarding.ts';
import { migration0016 } from './migrations/0016-receipts.ts';
import { migration0017 } from './migrations/0017-index-records.ts';
import { migration0018 } from './migrations/0018-local-copies.ts';
import { migration0019 } from './migrations/0019-operation-clips.ts';
import { migration0020 } from './migrations/0020-live-reasons.ts';
import { migration0021 } from './migrations/0021-judgement-grounds.ts';

/** The schema of a dock's index, step by step. */
export const indexMigrations: readonly string[] = [
  migration0001,
  migration0002,
  migration0003,
  migration0004,
  migration0005,
  migration0006,
  migration0007,
  migration0008,
  migration0009,
  migration0010,
  migration0011,
  migration0012,
  migration0013,
  migration0014,
  migration0015,
  migration0016,
  migration0017,
  migration0018,
  migration0019,
  migration0020,
  migration0021,
];

/** Brings the schema to the newest version, each step in a transaction of its own. Never goes back. */
export async function migrate(connection: Connection, migrations: readonly string[]): Promise<void> {
  const [row] = await connection.all('PRAGMA user_version');
  const version = Number(row?.user_version ?? 0);
  if (version > migrations.length) {
    throw new IngestError(
      'INDEX_FAILED',
      `the index was written by a newer Docket (schema ${version}, this one knows ${migrations.length})`,
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    await connection.execute(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version=${index + 1}; COMMIT;`);
  }
}
