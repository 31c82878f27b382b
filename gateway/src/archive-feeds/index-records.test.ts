/** Index records as others read them: by the published schema, and by a reader in another language. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { DockWithRecords } from './testing/dock-with-records.ts';

const schemas = fileURLToPath(new URL('../../../docs/schema', import.meta.url));
const schema = JSON.parse(readFileSync(join(schemas, 'index-record-v1.schema.json'), 'utf8')) as object;
const isOfSchema = new Ajv2020({ allErrors: true }).compile(schema);

/** What the second reader says of a folder of records. */
function read(folder: string): { faults: string[]; status: number | null } {
  const { status, stdout } = spawnSync('python3', [join(schemas, 'check-index-records.py'), folder]);
  return { faults: stdout.toString().split('\n').filter(Boolean), status };
}

/** A dock whose archive has these many records, and the folder of them there. */
async function archived(count: number) {
  const dock = await DockWithRecords.open();
  await dock.makeUpTo(count);
  const { feeds } = dock.ingest.archive;
  const stop = new AbortController();
  const running = feeds.run(stop.signal);
  await expect.poll(async () => (await feeds.status())[0]?.waiting, { timeout: 30_000 }).toBe(0);
  stop.abort();
  await running;
  const folder = join(dock.folder, 'archive', 'index', 'dock-1');
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json')).sort();
  return { dock, folder, files };
}

/** Says all that can be said of the clip, past the code that says it. */
async function knowEverythingOf({ ingest, clipId }: DockWithRecords): Promise<void> {
  const media = {
    container: 'mp4',
    durationMs: 1234.5,
    width: 1280,
    height: 720,
    videoCodec: 'h264',
    audioCodec: 'aac',
  };
  const clock = {
    state: 'measured',
    offsetMs: -1500.5,
    halfWidthMs: 20.1,
    kind: 'bound',
    method: 'mtp',
    samples: 4,
    resolutionMs: 1000,
    rttMsMin: 3,
    readAt: '2026-01-01T00:00:00.000Z',
    host: {},
    assumedZone: null,
  };
  await ingest.database.write(async (transaction) => {
    await transaction.run("UPDATE clip SET media = ?, marked = 1, officer_number = '00123'", [
      JSON.stringify(media),
    ]);
    await transaction.run("UPDATE clip SET quarantine_reason = 'store-mismatch', quarantine_detail = ''");
    await transaction.run('UPDATE docking SET clock = ?', [JSON.stringify(clock)]);
    await transaction.run("UPDATE recorder SET vendor = '示例', model = 'M-1'");
    await transaction.run(
      `INSERT INTO clip_link_entry (sequence, clip_id, act, case_id, activity_id, step, source, confidence, actor, reason, evidence, at)
       VALUES (0, ?, 'linked', 'case-1', 'activity-1', '调查', 'manual', 'certain', 'operator:张三', '', '{}', '2026-01-01T00:00:00.000Z')`,
      [clipId],
    );
    await transaction.run("INSERT INTO clip_link VALUES (0, ?, 'case-1', 'activity-1', '调查', 'manual')", [
      clipId,
    ]);
    await transaction.run(
      "INSERT INTO clip_retention VALUES (?, 'linked', '2030-01-01T00:00:00.000Z', '[]')",
      [clipId],
    );
    await transaction.run(
      `INSERT INTO receipt (clip_id, target, object, sha256, size_bytes, stored_at, issued_by, body, grade, record_sha256)
       SELECT clip_id, 'main', 'directory:main/x', sha256, size_bytes, '2026-01-01T00:00:00Z', 'gateway:dock-1', 'note', 'gateway-verified', sha256 FROM clip`,
    );
  });
}

test('every record is of the published schema, what little or much is known of its clip; one that says more or less is not', async () => {
  const dock = await DockWithRecords.open();
  await dock.makeUpTo(3);
  await knowEverythingOf(dock);
  const last = await dock.ingest.archive.records.recordOf(dock.clipId);
  const said = JSON.parse(last.body) as Record<string, object>;
  expect(said).toMatchObject({
    revises: 2,
    clip: { media: { durationMs: 1234.5 }, quarantine: 'store-mismatch' },
    recorder: { model: 'M-1', clock: { state: 'measured', offsetMs: -1500.5 } },
    links: [{ caseId: 'case-1', activityId: 'activity-1', step: '调查' }],
    retention: { class: 'linked', until: '2030-01-01T00:00:00.000Z' },
    receipts: [{ target: 'main', grade: 'gateway-verified' }],
    importance: { isImportant: true },
  });
  for (const record of await dock.records()) {
    isOfSchema(JSON.parse(record.body));
    expect(isOfSchema.errors ?? []).toEqual([]);
  }
  for (const key of Object.keys(said)) {
    const { [key]: _, ...less } = said;
    expect(isOfSchema(less), `without ${key}`).toBe(false);
  }
  expect(isOfSchema({ ...said, more: 1 })).toBe(false);
  expect(isOfSchema({ ...said, clip: { ...said.clip, sha256: 'A'.repeat(64) } })).toBe(false);
});

test('a reader in another language finds the chain whole in the archive', async () => {
  const { folder, files } = await archived(12);
  expect(files).toHaveLength(12);
  expect(read(folder)).toEqual({ faults: [], status: 0 });
});

test('it finds a record taken out, one changed, one slipped in under a name of its own, and a beginning cut off', async () => {
  const { folder, files } = await archived(6);
  const broken = async (change: (copy: string, file: (index: number) => string) => Promise<void>) => {
    const copy = `${folder}-copy`;
    await cp(folder, copy, { recursive: true });
    await change(copy, (index) => join(copy, files[index] ?? ''));
    const found = read(copy);
    await rm(copy, { recursive: true });
    return found;
  };
  expect(await broken((_, file) => rm(file(3)))).toEqual({ faults: ['gap: record 3 missing'], status: 1 });
  expect(
    await broken(async (_, file) => {
      await rm(file(0));
      await rm(file(1));
    }),
  ).toEqual({ faults: ['gap: record 0 to 1 missing'], status: 1 });
  const changed = await broken(async (_, file) =>
    writeFile(file(2), (await readFile(file(2), 'utf8')).replace('"isOnHold":', '"isOnHold" :')),
  );
  expect(changed.faults[0]).toContain('its bytes are changed');
  expect(changed.faults[1]).toBe('gap: record 2 missing');
  // Another body, with the name that fits it: only the chain tells.
  const forged = await broken(async (copy, file) => {
    const body = (await readFile(file(2), 'utf8')).replace('a.mp4', 'b.mp4');
    const sha256 = createHash('sha256').update(body).digest('hex');
    await writeFile(file(2), body);
    await rename(file(2), join(copy, `000000000002-${sha256.slice(0, 16)}.json`));
  });
  expect(forged).toEqual({
    faults: ['record 3 names another record before it than record 2'],
    status: 1,
  });
});
