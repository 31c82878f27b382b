/** Index records: one chain a dock, a record for each clip, and another where what it says has changed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isIngestError } from '../../errors.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { TestDock } from '../../testing/test-dock.ts';
import type { IndexRecordBody } from './index-record-schema.ts';
import { noRecordBefore } from './index-records.ts';

const { signal: never } = new AbortController();

async function dockWith(names: readonly string[]): Promise<TestDock> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'card'));
  for (const name of names) await writeFile(join(root, 'card', name), name);
  const dock = await TestDock.open({ root });
  await dock.dock();
  return dock;
}

const recordsOf = (dock: TestDock) => dock.ingest.archive.records;
const bodyOf = ({ body }: { body: string }) => JSON.parse(body) as IndexRecordBody;

test('each sealed clip has a record that names what was pulled; they are one chain without gaps', async () => {
  const dock = await dockWith(['a.mp4', 'b.mp4', 'c.jpg']);
  const records = recordsOf(dock);
  await records.settle(never);
  const chain = await records.since(0, 10);
  expect(chain).toHaveLength(3);
  let before = noRecordBefore;
  for (const [index, record] of chain.entries()) {
    expect(record.sha256).toBe(sha256Hex(record.body));
    const body = bodyOf(record);
    expect([body.sequence, body.previousSha256, body.revises]).toEqual([index, before, null]);
    before = record.sha256;
    const clip = (await dock.clips()).find(({ clipId }) => clipId === body.clip.id);
    expect(body.clip).toMatchObject({
      sha256: clip?.sha256,
      sizeBytes: clip?.sizeBytes,
      name: clip?.name,
      sealedRecordSha256: clip?.recordSha256,
      state: 'sealed',
    });
    expect(body.custody.entries.map(({ action }) => action)).toEqual([
      'listed',
      'pulled',
      'verified',
      'sealed',
    ]);
  }
  expect((await records.head())?.sequence).toBe(2);
});

test('the record of a clip is there when it is asked for, and the same while nothing changes', async () => {
  const dock = await dockWith(['a.mp4']);
  const { clipId } = await dock.clip('a.mp4');
  const appended: number[] = [];
  recordsOf(dock).onAppended(({ sequence }) => appended.push(sequence));
  const first = await recordsOf(dock).recordOf(clipId);
  expect(await recordsOf(dock).recordOf(clipId)).toEqual(first);
  await recordsOf(dock).settle(never);
  expect(await recordsOf(dock).recordOf(clipId)).toEqual(first);
  expect(appended).toEqual([0]);
});

test('a burst of changes makes one record, which names the one it takes the place of', async () => {
  const dock = await dockWith(['a.mp4', 'b.mp4']);
  const { clipId } = await dock.clip('a.mp4');
  const records = recordsOf(dock);
  await records.settle(never);
  const first = await records.recordOf(clipId);
  await dock.forward();
  const { holds } = dock.ingest.caseWork.retention;
  const placed = await holds.place({ clipId }, 'evidence', { person: '张三', reason: '留证' });
  await records.settle(never);
  const [revised, ...more] = (await records.since(2, 10)).filter((record) => record.clipId === clipId);
  expect(more).toEqual([]);
  if (revised === undefined) throw new Error('no record was made');
  expect(bodyOf(revised)).toMatchObject({
    revises: first.sequence,
    clip: { state: 'receipted' },
    retention: { isOnHold: true },
    importance: { isImportant: true, grounds: ['on-hold'] },
    receipts: [{ target: 'main' }],
  });
  await holds.lift(placed.holdId, { person: '李四', reason: '已结案' });
  expect(bodyOf(await records.recordOf(clipId))).toMatchObject({
    revises: revised.sequence,
    retention: { isOnHold: false },
  });
});

test('a change is not forgotten when the dock stops right after it', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'card'));
  await writeFile(join(root, 'card', 'a.mp4'), 'a');
  const before = await TestDock.open({ root });
  await before.dock();
  const { clipId } = await before.clip('a.mp4');
  await recordsOf(before).settle(never);
  await before.ingest.caseWork.retention.holds.place({ clipId }, 'evidence', {
    person: '张三',
    reason: '留证',
  });
  await before.close();
  const after = await TestDock.open({ root });
  await recordsOf(after).settle(never);
  const head = await recordsOf(after).head();
  expect(head?.sequence).toBe(1);
  expect(head === null ? null : bodyOf(head).retention.isOnHold).toBe(true);
});

test('the chain is changed by nobody', async () => {
  const dock = await dockWith(['a.mp4']);
  await recordsOf(dock).settle(never);
  const { database } = dock.ingest;
  for (const sql of [
    "UPDATE index_record SET body = '{}'",
    'DELETE FROM index_record',
    'INSERT INTO index_record SELECT 7, clip_id, at, previous_sha256, sha256, body FROM index_record',
  ]) {
    await expect(database.write((transaction) => transaction.run(sql))).rejects.toThrow('append-only');
  }
});

test('a clip that is not sealed has no record', async () => {
  const dock = await dockWith([]);
  const refused = recordsOf(dock).recordOf('01900000-0000-7000-8000-000000000000');
  await expect(refused).rejects.toSatisfy((error) => isIngestError(error, 'CLIP_UNKNOWN'));
});
