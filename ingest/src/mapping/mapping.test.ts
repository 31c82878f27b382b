import { expect, test } from 'vitest';
import { readLinkHistory, readLinks } from './clip-link.ts';
import { codeText } from './code-text.ts';
import { writeLiveSession } from './live-session-case.ts';
import { activityFacts, bounded, officerFacts, openCaseBench } from './testing/case-bench.ts';

const ground = { operator: '李四', reason: 'seen in the picture' };

test('a sealed clip is linked, with an entry, a custody entry and its activity marked', async () => {
  const { database, addActivity, addClip, settle, mappingOf } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  const clipId = await addClip(bounded('09:10', '09:20'));
  await settle();
  expect(await readLinks(database, { clipId })).toMatchObject([
    {
      activityId: 'A',
      caseId: 'case of A',
      step: 'investigation',
      source: 'interval',
      confidence: 'strong',
      actor: 'gateway',
    },
  ]);
  expect(await readLinks(database, { activityId: 'A' })).toHaveLength(1);
  expect(await mappingOf(clipId)).toMatchObject({
    state: 'linked',
    officerId: '000007',
    reasons: [],
    decidedBy: 'rules',
  });
  const custody = await database.read(
    "SELECT entry FROM custody_entry WHERE action = 'linked' AND clip_id = ?",
    [clipId],
  );
  expect(custody).toHaveLength(1);
  const before = await database.read('SELECT count(*) AS entries FROM custody_entry');
  await database.write((transaction) =>
    transaction.run("INSERT INTO reckoning_due VALUES ('clip', ?, 1)", [clipId]),
  );
  await settle();
  expect(await database.read('SELECT count(*) AS entries FROM custody_entry')).toEqual(before);
});

test('late and changed facts move what the rules linked, and lose nothing', async () => {
  const { database, addActivity, addClip, settle, mappingOf } = await openCaseBench();
  const clipId = await addClip(bounded('09:10', '09:20'));
  await settle();
  expect(await mappingOf(clipId)).toMatchObject({ state: 'queued', reasons: ['no-activity'] });
  await addActivity(activityFacts('A', '09:00', '10:00'));
  await settle();
  expect(await readLinks(database, { clipId })).toMatchObject([{ activityId: 'A' }]);
  await addActivity(activityFacts('A', '11:00', '12:00'));
  await addActivity(activityFacts('B', '09:05', '09:30'));
  await settle();
  expect(await readLinks(database, { clipId })).toMatchObject([{ activityId: 'B' }]);
  await addActivity(activityFacts('B', '09:05', '09:30'), true);
  await settle();
  expect(await readLinks(database, { clipId })).toEqual([]);
  const history = await readLinkHistory(database, clipId, 100);
  expect(history.map(({ act, activityId }) => `${act} ${activityId}`)).toEqual([
    'unlinked B',
    'linked B',
    'unlinked A',
    'linked A',
  ]);
  await expect(
    database.write((transaction) => transaction.run('UPDATE clip_link_entry SET case_id = NULL')),
  ).rejects.toThrow('append-only');
});

test('an officer told of later finds the clips that name the officer, and those of the ledger', async () => {
  const { addActivity, addClip, told, settle, mappingOf } = await openCaseBench();
  const clipId = await addClip(bounded('09:10', '09:20'), { officerNumber: '000008' });
  await addActivity(activityFacts('A', '09:00', '10:00', { officerIds: ['000008'] }));
  await settle();
  expect(await mappingOf(clipId)).toMatchObject({ state: 'queued', reasons: ['officer-unknown'] });
  await told({ kind: 'officer', facts: officerFacts('000008'), isWithdrawn: false });
  await settle();
  expect(await mappingOf(clipId)).toMatchObject({ state: 'linked', officerId: '000008' });
});

test('what a person decided stands against the rules; a new contradiction is put before a person', async () => {
  const { database, caseWork, addActivity, addClip, settle, mappingOf } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  await addActivity(activityFacts('B', '14:00', '15:00'));
  const clipId = await addClip(bounded('09:10', '09:20'));
  await settle();
  await caseWork.mapping.link([clipId], [{ activityId: 'B' }], ground);
  await settle();
  expect(await readLinks(database, { clipId })).toMatchObject([
    {
      activityId: 'B',
      source: 'manual',
      confidence: 'certain',
      actor: 'operator:李四',
      reason: ground.reason,
    },
  ]);
  expect(await mappingOf(clipId)).toMatchObject({ state: 'linked', reasons: [], decidedBy: 'person' });
  await addActivity(activityFacts('A', '07:00', '08:00'));
  await addActivity(activityFacts('C', '09:00', '10:00'));
  await settle();
  expect(await readLinks(database, { clipId })).toMatchObject([{ activityId: 'B' }]);
  expect(await mappingOf(clipId)).toMatchObject({
    state: 'queued',
    reasons: ['contradicts-person'],
    suggestions: [{ activityId: 'C' }],
  });
  await caseWork.mapping.link([clipId], [{ activityId: 'B' }], ground);
  await settle();
  expect(await mappingOf(clipId)).toMatchObject({ state: 'linked', reasons: [] });
  const [again] = await readLinkHistory(database, clipId, 1);
  expect(again).toMatchObject({ act: 'linked', activityId: 'B', supersedes: expect.any(Number) });
  await caseWork.mapping.reopen([clipId], ground);
  await settle();
  expect(await readLinks(database, { clipId })).toMatchObject([{ activityId: 'C', source: 'interval' }]);
});

test('a clip set aside belongs to no case until it is taken up again', async () => {
  const { database, caseWork, addActivity, addClip, settle, mappingOf } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  const clipId = await addClip(bounded('09:10', '09:20'));
  await settle();
  await caseWork.mapping.setAside([clipId], ground);
  await settle();
  expect([await readLinks(database, { clipId }), (await mappingOf(clipId))?.state]).toEqual([
    [],
    'set-aside',
  ]);
  const acts = (await readLinkHistory(database, clipId, 10)).map(({ act }) => act);
  expect(acts).toEqual(['set-aside', 'unlinked', 'linked']);
  await caseWork.mapping.reopen([clipId], ground);
  expect(await readLinks(database, { clipId })).toMatchObject([{ activityId: 'A' }]);
  const [, reopened] = await readLinkHistory(database, clipId, 10);
  expect(reopened).toMatchObject({ act: 'unlinked', caseId: null, actor: 'operator:李四' });
});

test('a clip taken out by a person waits, and the rules do not put it back', async () => {
  const { database, caseWork, addActivity, addClip, settle, mappingOf } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  const clipId = await addClip(bounded('09:10', '09:20'));
  await settle();
  await caseWork.mapping.unlink([clipId], { activityId: 'A' }, ground);
  await settle();
  expect(await readLinks(database, { clipId })).toEqual([]);
  expect(await mappingOf(clipId)).toMatchObject({ state: 'queued', reasons: ['unlinked-by-person'] });
});

test('an act on many clips is one for all or none', async () => {
  const { database, caseWork, addActivity, addClip, settle } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  const clipId = await addClip(null);
  await settle();
  await expect(
    caseWork.mapping.link([clipId, 'nowhere'], [{ activityId: 'A' }], ground),
  ).rejects.toMatchObject({
    code: 'CLIP_UNKNOWN',
  });
  await expect(caseWork.mapping.link([clipId], [{ activityId: 'X' }], ground)).rejects.toMatchObject({
    code: 'LINK_TARGET_UNKNOWN',
  });
  expect(await readLinks(database, { clipId })).toEqual([]);
});

test('a code that was read links the clip; one of a case told later waits for it', async () => {
  const { database, caseWork, addActivity, addClip, settle, mappingOf } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  const [known, early] = [await addClip(null), await addClip(null)];
  expect(await caseWork.mapping.takeCode(known, 3_000, codeText({ kind: 'activity', id: 'A' }))).toBe(true);
  expect(await caseWork.mapping.takeCode(known, 4_000, 'https://example.org')).toBe(false);
  await caseWork.mapping.takeCode(early, 3_000, codeText({ kind: 'activity', id: 'L' }));
  await settle();
  expect(await readLinks(database, { clipId: known })).toMatchObject([
    { activityId: 'A', source: 'qr', confidence: 'certain' },
  ]);
  expect(await mappingOf(early)).toMatchObject({ state: 'queued', reasons: ['code-unknown'] });
  await addActivity(activityFacts('L', '12:00', '13:00', { officerIds: ['000007'] }));
  await settle();
  expect(await readLinks(database, { clipId: early })).toMatchObject([{ activityId: 'L' }]);
  const read = await database.read("SELECT clip_id FROM custody_entry WHERE action = 'code-read'");
  expect(read).toHaveLength(2);
});

test('a live session held for an activity names the clips that its recorder made meanwhile', async () => {
  const { database, context, addActivity, addClip, settle } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  await addActivity(activityFacts('B', '09:05', '09:50'));
  const clipId = await addClip(bounded('09:10', '09:20'));
  await settle();
  expect(await readLinks(database, { clipId })).toEqual([]);
  await database.write((transaction) =>
    writeLiveSession(transaction, {
      sessionId: 'session',
      recorderId: context.recorderId,
      caseId: null,
      activityId: 'B',
      fromMs: Date.parse('2026-08-04T09:12:00Z'),
      toMs: Date.parse('2026-08-04T09:18:00Z'),
      doubtMs: 500,
    }),
  );
  await settle();
  expect(await readLinks(database, { clipId })).toMatchObject([
    { activityId: 'B', source: 'live', confidence: 'strong' },
  ]);
});

test('a file beside a clip goes where the clip goes', async () => {
  const { database, caseWork, addActivity, addClip, settle, mappingOf } = await openCaseBench();
  await addActivity(activityFacts('A', '09:00', '10:00'));
  const sidecar = await addClip(null, { name: 'one.log', kind: 'sidecar' });
  const alone = await addClip(null, { name: 'two.log', kind: 'sidecar' });
  const clipId = await addClip(bounded('09:10', '09:20'), { name: 'one.mp4' });
  await settle();
  expect(await readLinks(database, { clipId: sidecar })).toMatchObject([{ activityId: 'A' }]);
  expect(await mappingOf(alone)).toMatchObject({ state: 'queued', reasons: ['sidecar-alone'] });
  await caseWork.mapping.setAside([clipId], ground);
  await settle();
  expect([await readLinks(database, { clipId: sidecar }), (await mappingOf(sidecar))?.state]).toEqual([
    [],
    'set-aside',
  ]);
});
