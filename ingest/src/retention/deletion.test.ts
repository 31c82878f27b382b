import { cpSync } from 'node:fs';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isArchiveRefusal } from '../archive/archive-refusal.ts';
import type { CaseFacts } from '../cases/case-record.ts';
import { listCustody } from '../custody/custody-queries.ts';
import { isIngestError } from '../errors.ts';
import { daysAgo, takeAged } from '../testing/aged-clips.ts';
import { onStep } from '../testing/on-step.ts';
import { expectSoundStore, sha256 } from '../testing/sound-store.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type DockOptions, TestDock } from '../testing/test-dock.ts';
import { verifyStore } from '../verify/verify-store.ts';
import { type DeletionCertificate, readCertificate } from './certificate.ts';
import { deleteClip } from './delete-clip.ts';
import { DeletionWarrant } from './deletion-warrant.ts';
import type { KeepReasonCode } from './retention.ts';

const operator = { operator: '张三', reason: '与执法无关' };
const asker = { person: '张三', reason: '保存期限届满' };
const approver = { person: '李四', reason: '同意' };
const { signal: never } = new AbortController();

/** A dock with one clip of `days` ago that a person set aside. */
async function dockWithClip({
  days = 200,
  isSetAside = true,
  ...options
}: { days?: number; isSetAside?: boolean } & Partial<DockOptions> = {}) {
  const dock = await TestDock.open(options);
  const clipId = String((await takeAged(dock, days, { 'a.mp4': 'footage' }))['a.mp4']);
  if (isSetAside) await dock.ingest.caseWork.mapping.setAside([clipId], operator);
  return { dock, clipId };
}

async function ask(dock: TestDock, clipId: string): Promise<KeepReasonCode[]> {
  const { request, kept } = await dock.ingest.caseWork.retention.deletions.request([clipId], asker);
  expect(request === null).toBe(kept.length === 1);
  return kept[0]?.because ?? [];
}

async function deleteWhole(dock: TestDock, clipIds: readonly string[]): Promise<void> {
  const { deletions } = dock.ingest.caseWork.retention;
  const { request, kept } = await deletions.request(clipIds, asker);
  expect(kept).toEqual([]);
  await deletions.approve(request?.requestId ?? '', approver);
  await dock.ingest.eraser.settle(never);
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

async function bytesOf(dock: TestDock, clipId: string) {
  const clip = (await dock.clips()).find((one) => one.clipId === clipId);
  const hash = clip?.sha256 ?? '';
  const archived = join(dock.archive, 'clips', hash.slice(0, 2), hash.slice(2, 4), hash);
  return {
    inStore: await exists(dock.ingest.layout.mediaFile(clipId, clip?.name ?? '')),
    inArchive: await exists(archived),
    state: clip?.state,
  };
}

const kept = { inStore: true, inArchive: true, state: 'receipted' };
const gone = { inStore: false, inArchive: false, state: 'deleted' };

const theCase: CaseFacts = {
  caseId: 'demo/1',
  number: '台台罚〔2026〕第1号',
  name: '案件一',
  departmentId: 'demo',
  unitId: 'demo/u',
  category: 'penalty',
  matter: null,
  isRandomInspection: false,
  riskTriggers: [],
  secrecy: 'none',
  openedOn: '2025-01-02',
  closedOn: '2025-01-10',
  retention: { duration: 'P1D' },
  filedOn: null,
  decision: null,
};

async function receiveCase(dock: TestDock, change: Partial<CaseFacts> = {}): Promise<void> {
  const record = { kind: 'case' as const, facts: { ...theCase, ...change }, isWithdrawn: false };
  await dock.ingest.caseWork.book.receive('demo', [{ record, revision: null }], 'test');
}

const sql = (dock: TestDock, text: string, values: string[] = []) =>
  dock.ingest.database.write((transaction) => transaction.run(text, values));

describe('a clip that nothing wants any more', () => {
  test('goes from store and archive once two persons have said so, and leaves record and certificate', async () => {
    const { dock, clipId } = await dockWithClip();
    await deleteWhole(dock, [clipId]);
    expect(await bytesOf(dock, clipId)).toEqual(gone);
    const certificate = (await readCertificate(dock.ingest.database, clipId)) as DeletionCertificate;
    expect(certificate).toMatchObject({
      clipId,
      name: 'a.mp4',
      sha256: sha256('footage'),
      sizeBytes: 7,
      class: 'unlinked',
      reason: '保存期限届满',
      requestedBy: '张三',
      approvedBy: '李四',
      isByTwoPersons: true,
      archives: [{ target: 'main', outcome: 'removed' }],
    });
    expect(certificate.receipts).toHaveLength(1);
    expect(certificate.keptUntil < certificate.requestedAt).toBe(true);
    const { entries } = await listCustody(dock.ingest.database, { clipId, after: null, limit: 100 });
    expect(entries.map(({ action }) => action).slice(-4)).toEqual([
      'deletion-requested',
      'deletion-approved',
      'deletion-started',
      'deleted',
    ]);
    expect(JSON.parse(entries.at(-1)?.entry ?? '').details).toEqual(certificate);
    await expectSoundStore(dock);
  });

  test('is found as expired, and no more once its deletion was asked for', async () => {
    const { dock, clipId } = await dockWithClip();
    const { retention, reckoner } = dock.ingest.caseWork;
    await reckoner.settle(never);
    const page = { after: null, limit: 10 };
    expect((await retention.expired(page)).clips.map((clip) => clip.clipId)).toEqual([clipId]);
    expect(await ask(dock, clipId)).toEqual([]);
    expect((await retention.expired(page)).clips).toEqual([]);
    expect(await ask(dock, clipId)).toEqual(['deletion-asked']);
  });

  test('stays while only the one who asked has approved, and where the other refuses', async () => {
    const { dock, clipId } = await dockWithClip();
    const { deletions } = dock.ingest.caseWork.retention;
    const requestId = (await deletions.request([clipId], asker)).request?.requestId ?? '';
    const same = deletions.approve(requestId, { ...approver, person: asker.person });
    await expect(same).rejects.toSatisfy((error) => isIngestError(error, 'SAME_PERSON'));
    await dock.ingest.eraser.settle(never);
    expect(await bytesOf(dock, clipId)).toEqual(kept);
    await deletions.refuse(requestId, approver);
    await dock.ingest.eraser.settle(never);
    expect(await bytesOf(dock, clipId)).toEqual(kept);
    const late = deletions.approve(requestId, approver);
    await expect(late).rejects.toSatisfy((error) => isIngestError(error, 'DELETION_DECIDED'));
  });

  test('goes by the word of one person where the dock is set so', async () => {
    const caseWork = { retention: { isByTwoPersons: false } };
    const { dock, clipId } = await dockWithClip({ caseWork });
    expect(await ask(dock, clipId)).toEqual([]);
    await dock.ingest.eraser.settle(never);
    expect(await bytesOf(dock, clipId)).toEqual(gone);
    expect(await readCertificate(dock.ingest.database, clipId)).toMatchObject({
      approvedBy: '张三',
      isByTwoPersons: false,
    });
  });
});

describe('each reason alone keeps a clip', () => {
  /** What is done to a clip that could go otherwise, the reason that is told, and what SQL itself says. */
  const reasons: [
    string,
    (dock: TestDock, clipId: string) => Promise<unknown>,
    KeepReasonCode,
    string,
    { days?: number; isSetAside?: boolean }?,
  ][] = [
    [
      'a link, though the time of its case is over',
      async (dock, clipId) => {
        await receiveCase(dock);
        await daysAgo(190, () =>
          dock.ingest.caseWork.mapping.link([clipId], [{ caseId: 'demo/1', step: null }], operator),
        );
        await sql(dock, "UPDATE clip_mapping SET state = 'set-aside'");
      },
      'linked',
      'it is linked',
    ],
    [
      'a hold on it',
      (dock, clipId) => dock.ingest.caseWork.retention.holds.place({ clipId }, 'litigation', asker),
      'on-hold',
      'it is on hold',
    ],
    [
      'a hold on a case it was once linked to',
      async (dock, clipId) => {
        await receiveCase(dock);
        const { mapping, retention } = dock.ingest.caseWork;
        await daysAgo(190, async () => {
          await mapping.link([clipId], [{ caseId: 'demo/1', step: null }], operator);
          await mapping.setAside([clipId], operator);
        });
        await retention.holds.place({ caseId: 'demo/1' }, 'inquiry', asker);
      },
      'on-hold',
      'it is on hold',
    ],
    [
      'no word of anybody where it belongs',
      async () => {},
      'queued',
      'nobody has said',
      { isSetAside: false },
    ],
    [
      'no mapping at all',
      (dock, clipId) => sql(dock, 'DELETE FROM clip_mapping WHERE clip_id = ?', [clipId]),
      'not-mapped',
      'nobody has said',
    ],
    [
      'quarantine',
      (dock, clipId) =>
        sql(dock, "UPDATE clip SET quarantine_reason = 'store-mismatch' WHERE clip_id = ?", [clipId]),
      'quarantined',
      'it is quarantined',
    ],
    [
      'a mark',
      (dock, clipId) => sql(dock, 'UPDATE clip SET marked = 1 WHERE clip_id = ?', [clipId]),
      'marked',
      'it is marked',
    ],
    [
      'no receipt',
      (dock, clipId) => sql(dock, 'DELETE FROM receipt WHERE clip_id = ?', [clipId]),
      'not-receipted',
      'no receipt',
    ],
    [
      'a receipt for other bytes',
      (dock, clipId) => sql(dock, "UPDATE receipt SET sha256 = 'other' WHERE clip_id = ?", [clipId]),
      'not-receipted',
      'no receipt',
    ],
    ['less than six months', async () => {}, 'months-run', 'less than six months', { days: 170 }],
    [
      'a link taken away this week',
      async (dock, clipId) => {
        await receiveCase(dock);
        const { mapping } = dock.ingest.caseWork;
        await daysAgo(190, () => mapping.link([clipId], [{ caseId: 'demo/1', step: null }], operator));
        await mapping.setAside([clipId], operator);
      },
      'lately-linked',
      'linked or unlinked less than six months',
    ],
  ];

  test.each(reasons)('%s: for who asks', async (_what, make, code, _message, setting) => {
    const { dock, clipId } = await dockWithClip(setting);
    await dock.ingest.caseWork.reckoner.settle(never);
    await make(dock, clipId);
    expect(await ask(dock, clipId)).toContain(code);
    expect(await dock.ingest.caseWork.retention.ofClip(clipId)).toMatchObject({ mayBeDeleted: false });
  });

  test.each(reasons)('%s: for SQL, with all else in place', async (_what, make, _code, message, setting) => {
    const { dock, clipId } = await dockWithClip(setting);
    await dock.ingest.caseWork.reckoner.settle(never);
    await make(dock, clipId);
    await forgeApproval(dock, clipId);
    await expect(sql(dock, "UPDATE clip SET state = 'deleted' WHERE clip_id = ?", [clipId])).rejects.toThrow(
      message,
    );
    expect((await bytesOf(dock, clipId)).state).toBe('receipted');
  });

  test.each(reasons.filter(([, , code]) => code !== 'months-run' && code !== 'queued'))(
    '%s: after the approval and before the deletion',
    async (_what, make, code) => {
      const { dock, clipId } = await dockWithClip();
      const { deletions } = dock.ingest.caseWork.retention;
      const requestId = (await deletions.request([clipId], asker)).request?.requestId ?? '';
      await deletions.approve(requestId, approver);
      await make(dock, clipId);
      await dock.ingest.eraser.settle(never);
      expect(await bytesOf(dock, clipId)).toEqual(kept);
      const [request] = (await dock.ingest.database.read('SELECT state, kept_because FROM deletion')) ?? [];
      expect(request?.state).toBe('kept');
      expect(JSON.parse(String(request?.kept_because))).toContain(code);
    },
  );

  test('an approval: without one SQL lets nothing go', async () => {
    const { dock, clipId } = await dockWithClip();
    await expect(sql(dock, "UPDATE clip SET state = 'deleted' WHERE clip_id = ?", [clipId])).rejects.toThrow(
      'nobody approved',
    );
    await forgeApproval(dock, clipId);
    await sql(dock, "UPDATE clip SET state = 'deleted' WHERE clip_id = ?", [clipId]);
  });

  test('a clock that nobody vouches for', async () => {
    const { dock, clipId } = await dockWithClip({
      caseWork: { retention: { isClockSure: async () => false } },
    });
    expect(await ask(dock, clipId)).toEqual(['clock-unsure']);
  });

  test('the setting of the dock, where it is longer than six months', async () => {
    const { dock, clipId } = await dockWithClip({
      caseWork: { retention: { policy: { unlinkedMonths: 12 } } },
    });
    expect(await ask(dock, clipId)).toEqual(['months-run']);
  });
});

/** Writes what an approved and begun deletion leaves in the index, past the code. */
async function forgeApproval(dock: TestDock, clipId: string): Promise<void> {
  await sql(
    dock,
    `INSERT INTO deletion_request (request_id, requested_by, requested_at, reason, persons_needed, verdict, decided_by, decided_at)
     VALUES ('forged', 'a', '', '', 2, 'approved', 'b', '')`,
  );
  await sql(dock, "INSERT INTO deletion (request_id, clip_id, state) VALUES ('forged', ?, 'started')", [
    clipId,
  ]);
}

describe('what SQL refuses', () => {
  test.each([
    [
      'one person for two',
      "UPDATE deletion_request SET verdict = 'approved', decided_by = requested_by",
      'CHECK',
    ],
    ['a hold deleted', 'DELETE FROM hold', 'never deleted'],
    ['a hold lifted by who placed it', "UPDATE hold SET lifted_by = placed_by, lifted_at = ''", 'CHECK'],
    [
      'a hold replaced',
      "INSERT OR REPLACE INTO hold SELECT hold_id, clip_id, case_id, ground, reason, placed_by, placed_at, 'x', 'x', 'x' FROM hold",
      'placed before',
    ],
    ['a clip taken out of the index', 'DELETE FROM clip', 'never taken out'],
    ['a clip written over', 'INSERT OR REPLACE INTO clip SELECT * FROM clip', 'never taken out'],
    ['a mark taken off', 'UPDATE clip SET marked = 0', 'the mark of a stored clip stays'],
    ['a request forgotten', 'DELETE FROM deletion_request', 'are kept'],
  ])('%s', async (_what, text, message) => {
    const { dock, clipId } = await dockWithClip();
    expect(await ask(dock, clipId)).toEqual([]);
    await dock.ingest.caseWork.retention.holds.place({ clipId }, 'evidence', asker);
    await sql(dock, 'UPDATE clip SET marked = 1');
    await expect(sql(dock, text)).rejects.toThrow(message);
  });

  test('a link or a hold on a deleted clip, and its return', async () => {
    const { dock, clipId } = await dockWithClip();
    await deleteWhole(dock, [clipId]);
    const { mapping, retention } = dock.ingest.caseWork;
    await receiveCase(dock);
    const linking = mapping.link([clipId], [{ caseId: 'demo/1', step: null }], operator);
    await expect(linking).rejects.toSatisfy((error) => isIngestError(error, 'CLIP_UNKNOWN'));
    const holding = retention.holds.place({ clipId }, 'evidence', asker);
    await expect(holding).rejects.toSatisfy((error) => isIngestError(error, 'CLIP_DELETED'));
    const link = `INSERT INTO clip_link (sequence, clip_id, case_id, source) SELECT sequence, clip_id, 'demo/1', 'manual' FROM clip_link_entry`;
    await expect(sql(dock, link)).rejects.toThrow('the clip is deleted');
    await expect(sql(dock, "UPDATE clip SET state = 'receipted'")).rejects.toThrow('stays deleted');
  });
});

describe('a warrant', () => {
  test('is made by nobody but the verdict', async () => {
    const { dock, clipId } = await dockWithClip();
    const facts = { clipId, requestId: 'r', sha256: sha256('footage') };
    const Forged = DeletionWarrant as unknown as new (...given: unknown[]) => DeletionWarrant;
    expect(() => new Forged(facts, Symbol('made by a verdict'))).toThrow('by a verdict only');
    const lookalike = Object.assign(Object.create(DeletionWarrant.prototype), facts) as DeletionWarrant;
    const services = { ...dock.ingest, targets: dock.ingest.archive.targets };
    await expect(deleteClip(services, lookalike)).rejects.toThrow('no deletion warrant');
    await expect(dock.ingest.archive.targets[0]?.remove(lookalike, async () => false)).rejects.toThrow(
      'no deletion warrant',
    );
    expect(await bytesOf(dock, clipId)).toEqual(kept);
  });
});

describe('content that several clips share', () => {
  test('stays in the archive until the last of them goes', async () => {
    const dock = await TestDock.open();
    const ids = Object.values(await takeAged(dock, 200, { 'a.mp4': 'same', 'b.mp4': 'same' }));
    await dock.ingest.caseWork.mapping.setAside(ids, operator);
    const [first = '', second = ''] = ids;
    await deleteWhole(dock, [first]);
    expect(await bytesOf(dock, first)).toEqual({ ...gone, inArchive: true });
    expect(await bytesOf(dock, second)).toEqual(kept);
    expect((await readCertificate(dock.ingest.database, first))?.archives).toEqual([
      { target: 'main', outcome: 'needed-by-another-clip' },
    ]);
    await deleteWhole(dock, [second]);
    expect(await bytesOf(dock, second)).toEqual(gone);
  });

  test('stays in an archive where other docks keep theirs too', async () => {
    const { dock, clipId } = await dockWithClip();
    const other = await TestDock.open({
      root: await temporaryFolder(),
      archive: dock.archive,
      dockName: 'dock-2',
    });
    await takeAged(other, 1, { 'z.mp4': 'other footage' });
    await deleteWhole(dock, [clipId]);
    expect(await bytesOf(dock, clipId)).toEqual({ ...gone, inArchive: true });
  });
});

describe('cut off', () => {
  const steps = [
    'clip.deleted',
    'store.removed',
    'archive.removed',
    'deletion.certified',
    'clip.bytes-deleted',
  ];
  test.each(steps)('after %s, it is finished at the next start, with one certificate', async (step) => {
    const { dock, clipId } = await dockWithClip();
    const root = await temporaryFolder();
    // What stood on the disk at that moment is what a power cut leaves.
    const stop = onStep(step, () => {
      stop();
      cpSync(dock.root, root, { recursive: true });
    });
    await deleteWhole(dock, [clipId]);
    const again = await TestDock.open({ root });
    await again.ingest.eraser.settle(never);
    expect(await bytesOf(again, clipId)).toEqual(gone);
    const entries = await again.ingest.database.read(
      "SELECT 1 FROM custody_entry WHERE action = 'deleted' AND clip_id = ?",
      [clipId],
    );
    expect(entries).toHaveLength(1);
    await expectSoundStore(again);
    expect((await verifyStore(again.store)).differences).toEqual([]);
  });

  test('while the archive is away, the deletion waits for it and tells so', async () => {
    const told: unknown[] = [];
    const { dock, clipId } = await dockWithClip({ onDeletionError: (error) => told.push(error) });
    await rm(join(dock.archive, 'archive.json'));
    const { deletions } = dock.ingest.caseWork.retention;
    const requestId = (await deletions.request([clipId], asker)).request?.requestId ?? '';
    await deletions.approve(requestId, approver);
    await dock.ingest.eraser.settle(never);
    expect(told.map((error) => isArchiveRefusal(error, 'unreachable'))).toEqual([true]);
    expect(await readCertificate(dock.ingest.database, clipId)).toBeNull();
    const [row] = await dock.ingest.database.read('SELECT archive_id FROM archive_mark');
    await writeFile(join(dock.archive, 'archive.json'), JSON.stringify({ v: 1, id: row?.archive_id }));
    await dock.ingest.eraser.settle(never);
    expect(await bytesOf(dock, clipId)).toEqual(gone);
  });
});

describe('a deleted clip docked again', () => {
  test('stays deleted, is told, and does not keep the recorder from being safe', async () => {
    const { dock, clipId } = await dockWithClip();
    await deleteWhole(dock, [clipId]);
    const story = await dock.dock();
    expect(story.last.safeToUndock).toBe(true);
    expect((await dock.clips()).map((clip) => clip.state)).toEqual(['deleted']);
    expect(await bytesOf(dock, clipId)).toEqual(gone);
    const { entries } = await listCustody(dock.ingest.database, { clipId, after: null, limit: 100 });
    expect(entries.at(-1)?.action).toBe('deleted-clip-seen');
  });

  test('with one byte changed in the middle of the same name, length and time is footage, and taken', async () => {
    const dock = await TestDock.open();
    const content = 'x'.repeat(3_000_000);
    const [clipId = ''] = Object.values(await takeAged(dock, 200, { 'a.mp4': content }));
    await dock.ingest.caseWork.mapping.setAside([clipId], operator);
    const file = join(dock.card, 'a.mp4');
    const { mtime } = await stat(file);
    await deleteWhole(dock, [clipId]);
    await writeFile(file, `${content.slice(0, 400_000)}y${content.slice(400_001)}`);
    await utimes(file, mtime, mtime);
    await dock.dock();
    expect((await dock.clips()).map((clip) => clip.state)).toEqual(['deleted', 'sealed']);
    await expectSoundStore(dock);
  });
});

describe('verify', () => {
  test('takes missing bytes for right only with their entry in the custody log, and tells of them', async () => {
    const { dock, clipId } = await dockWithClip();
    await deleteWhole(dock, [clipId]);
    const report = await verifyStore(dock.store);
    expect(report.differences).toEqual([]);
    expect(report.deleted).toMatchObject([
      { clipId, sha256: sha256('footage'), requestedBy: '张三', approvedBy: '李四' },
    ]);
  });

  test('names media that came back, and a certificate that was changed', async () => {
    const { dock, clipId } = await dockWithClip();
    await deleteWhole(dock, [clipId]);
    const folder = dock.ingest.layout.sealedFolder(clipId);
    await writeFile(join(folder, 'media.mp4'), 'footage');
    const certificate = await readFile(join(folder, 'deletion.json'), 'utf8');
    await writeFile(join(folder, 'deletion.json'), certificate.replace('李四', '王五'));
    const codes = (await verifyStore(dock.store)).differences.map(({ code }) => code).sort();
    expect(codes).toEqual(['certificate-differs', 'media-not-deleted']);
  });

  test('names a clip that the index calls deleted and the log does not', async () => {
    const { dock, clipId } = await dockWithClip();
    await forgeApproval(dock, clipId);
    await sql(dock, "UPDATE clip SET state = 'deleted' WHERE clip_id = ?", [clipId]);
    const codes = (await verifyStore(dock.store)).differences.map(({ code }) => code);
    expect(codes).toContain('deletion-not-logged');
  });
});
