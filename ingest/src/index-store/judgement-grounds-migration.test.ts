import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { indexMigrations, migrate } from './migrate.ts';

test('activities whose footage rests on an assumed delay are judged anew, and no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docket-migration-'));
  const connection = await Connection.open(join(folder, 'index.sqlite'), 'read-write');
  try {
    await migrate(connection, indexMigrations.slice(0, 20));
    await connection.execute('PRAGMA foreign_keys = OFF');
    for (const [clipId, doubts] of [
      ['assumed', ['delay-assumed']],
      ['proven', []],
    ] as const) {
      await connection.execute(
        `INSERT INTO clip (clip_id, recorder_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked, state,
           listed_at, time) VALUES ('${clipId}', 'r', CAST('${clipId}' AS BLOB), 'x', 'x', 'utf-8', 'video', 0, 0, 'sealed',
           '', '${JSON.stringify({ doubts })}');
         INSERT INTO clip_link (clip_id, activity_id, source) VALUES ('${clipId}', 'activity ${clipId}', 'live');`,
      );
    }
    await migrate(connection, indexMigrations);
    expect(await connection.all("SELECT id FROM reckoning_due WHERE kind = 'activity'")).toEqual([
      { id: 'activity assumed' },
    ]);
  } finally {
    await connection.close();
    await rm(folder, { recursive: true });
  }
});
