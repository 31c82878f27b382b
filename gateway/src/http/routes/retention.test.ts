import { expect, onTestFinished, test } from 'vitest';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

const operator = testToken('zhang-san', ['read', 'media', 'operate']);
const second = testToken('li-si', ['read', 'operate', 'approve']);

async function open() {
  const gateway = await TestGateway.open({ tokens: [operator.entry, second.entry] });
  onTestFinished(() => gateway.close());
  await gateway.addDocking('d1');
  const ask = (who: typeof operator, path: string, body?: object) =>
    gateway.ask(`/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${who.secret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { gateway, ask };
}

/** A clip as it stands after 200 days, set aside and archived. The entry of its sealing goes past the log: no act may follow. */
async function addExpired(gateway: TestGateway, clipId: string): Promise<void> {
  const sha256 = await gateway.addClip(clipId, 'd1', { bytes: Buffer.from(clipId) });
  await gateway.caseWork.mapping.setAside([clipId], { operator: '王五', reason: '与执法无关' });
  const at = new Date(Date.now() - 200 * 86_400_000).toISOString();
  await gateway.database.write(async (transaction) => {
    await transaction.run("UPDATE clip SET state = 'receipted' WHERE clip_id = ?", [clipId]);
    await transaction.run(
      "INSERT INTO receipt (clip_id, target, object, sha256, size_bytes, stored_at, issued_by, body) VALUES (?, 'archive', 'o', ?, ?, ?, 'archive', '{}')",
      [clipId, sha256, clipId.length, at],
    );
    await transaction.run(
      `INSERT INTO custody_entry SELECT coalesce(max(sequence) + 1, 0), ?, 'gateway:test', 'sealed', ?, NULL, NULL, '{}', x'00', x'', x'00' FROM custody_entry`,
      [at, clipId],
    );
  });
  await gateway.caseWork.reckoner.settle(new AbortController().signal);
}

test('a clip whose time is over is found', async () => {
  const { gateway, ask } = await open();
  await addExpired(gateway, 'clip-1');
  const expired = await ask(operator, '/retention/expired');
  expect(expired.json).toMatchObject({ clips: [{ clipId: 'clip-1', class: 'unlinked' }], nextCursor: null });
  expect((await ask(operator, '/clips/clip-1/retention')).json).toMatchObject({
    class: 'unlinked',
    reasons: [],
    mayBeDeleted: true,
  });
});

test('a clip that anything keeps is not taken into a request, and why is told', async () => {
  const { gateway, ask } = await open();
  await gateway.addClip('clip-1', 'd1', { bytes: Buffer.from('x') });
  const answer = await ask(operator, '/deletions', { clipIds: ['clip-1', 'nobody'], reason: '清理' });
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    request: null,
    kept: [
      { clipId: 'clip-1', because: ['not-sealed', 'not-receipted', 'not-mapped'] },
      { clipId: 'nobody', because: ['not-sealed'] },
    ],
  });
});

test('a hold is placed by one and lifted by another only', async () => {
  const { gateway, ask } = await open();
  await gateway.addClip('clip-1', 'd1', { bytes: Buffer.from('x') });
  const placed = await ask(second, '/holds', { clipId: 'clip-1', ground: 'litigation', reason: '行政复议' });
  expect(placed.json).toMatchObject({ clipId: 'clip-1', caseId: null, placedBy: 'li-si', liftedBy: null });
  const { holdId } = placed.json as { holdId: string };
  const lift = (who: typeof operator) => ask(who, `/holds/${holdId}/lift`, { reason: '复议终结' });
  expect((await lift(operator)).json.code).toBe('scope-missing');
  expect((await lift(second)).json.code).toBe('same-person');
  expect((await ask(operator, '/holds?standing=true')).json).toMatchObject({ holds: [{ holdId }] });
  expect((await ask(operator, '/clips/clip-1/retention')).json).toMatchObject({ holds: [{ holdId }] });
});

test.each([
  ['both', { clipId: 'clip-1', caseId: 'demo/1' }, 'request-invalid'],
  ['neither', {}, 'request-invalid'],
  ['a clip nobody knows', { clipId: 'nobody' }, 'not-found'],
  ['a case nobody knows', { caseId: 'demo/nobody' }, 'not-found'],
])('a hold on %s is refused', async (_what, on, code) => {
  const { ask } = await open();
  const answer = await ask(operator, '/holds', { ...on, ground: 'other', reason: 'x' });
  expect(answer.json.code).toBe(code);
});

test('deadlines are listed by due time and stated as done, and a wrong cursor is refused', async () => {
  const { gateway, ask } = await open();
  const facts = {
    caseId: 'demo/1',
    number: null,
    name: '案件一',
    departmentId: 'demo',
    unitId: 'demo/u',
    category: 'penalty' as const,
    matter: null,
    isRandomInspection: false,
    riskTriggers: [],
    secrecy: 'none' as const,
    openedOn: '2026-01-05',
    closedOn: '2026-02-02',
    retention: null,
    filedOn: null,
    decision: { number: null, decidedOn: '2026-02-13', isMajor: false, result: null, revokedOn: null },
  };
  const record = { kind: 'case' as const, facts, isWithdrawn: false };
  await gateway.caseWork.book.receive('demo', [{ record, revision: null }], 'test');
  await gateway.caseWork.reckoner.settle(new AbortController().signal);
  const list = await ask(operator, '/deadlines?limit=1&dueBefore=2026-06-01T00:00:00.000Z');
  expect(list.json.deadlines).toMatchObject([
    { kind: 'publish', caseId: 'demo/1', dueOn: '2026-03-02', dueAt: '2026-03-02T16:00:00.000Z' },
  ]);
  const next = await ask(operator, `/deadlines?limit=1&cursor=${list.json.nextCursor}`);
  expect(next.json).toMatchObject({ deadlines: [{ kind: 'archive-file' }], nextCursor: null });
  const stated = await ask(operator, '/cases/demo%2F1/deadlines/statements', {
    kind: 'publish',
    activityId: null,
    doneAt: '2026-02-26T01:00:00.000Z',
    reason: '已在门户网站公示',
  });
  expect(stated.json.deadlines).toMatchObject([{ kind: 'publish', state: 'met', metBy: 'statement' }, {}]);
  const none = { kind: 'preserve', activityId: null, doneAt: null, reason: 'x' };
  expect((await ask(operator, '/cases/demo%2F1/deadlines/statements', none)).json.code).toBe('not-found');
  const wrong = Buffer.from('deadlines e30').toString('base64url');
  expect((await ask(operator, `/deadlines?cursor=${wrong}`)).json.code).toBe('cursor-invalid');
});
