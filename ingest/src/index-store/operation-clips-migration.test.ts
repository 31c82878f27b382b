import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { indexMigrations, migrate } from './migrate.ts';

test('live clips of before are put into the part they began in by the clock of the dock', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docket-migration-'));
  const connection = await Connection.open(join(folder, 'index.sqlite'), 'read-write');
  try {
    await migrate(connection, indexMigrations.slice(0, 18));
    await connection.execute(`PRAGMA foreign_keys = OFF;
      INSERT INTO operation (operation_id, title, officer_ids, opened_at, opened_by) VALUES ('o', 'x', '[]', '08:00', 'x');
      INSERT INTO operation_recorder (operation_id, recorder_id, joined_at, left_at) VALUES
        ('o', 'r', '08:00', '08:10'), ('o', 'r', '08:20', NULL);`);
    for (const [clipId, listedAt, session] of [
      ['before', '07:59', "'s'"],
      ['first', '08:00', "'s'"],
      ['between', '08:10', "'s'"],
      ['second', '08:30', "'s'"],
      ['docked', '08:05', 'NULL'],
    ]) {
      await connection.execute(
        `INSERT INTO clip (clip_id, recorder_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked, state,
           listed_at, live_session_id) VALUES ('${clipId}', 'r', CAST('${clipId}' AS BLOB), 'x', 'x', 'utf-8', 'video', 0, 0,
           'recording', '${listedAt}', ${session});`,
      );
    }
    await migrate(connection, indexMigrations);
    expect(await connection.all('SELECT clip_id, joined_at FROM operation_clip ORDER BY clip_id')).toEqual([
      { clip_id: 'first', joined_at: '08:00' },
      { clip_id: 'second', joined_at: '08:20' },
    ]);
  } finally {
    await connection.close();
    await rm(folder, { recursive: true });
  }
});
