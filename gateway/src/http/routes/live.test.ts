import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LiveLine } from '../../live/live-view.ts';
import { type Answer, TestGateway, testToken } from '../testing/test-gateway.ts';

const reader = testToken('reader', ['read']);
const operator = testToken('zhang', ['read', 'operate']);
let gateway: TestGateway;
let lines: LiveLine[] = [];

beforeEach(async () => {
  lines = [];
  gateway = await TestGateway.open(
    { tokens: [reader.entry, operator.entry] },
    { live: { lines: () => lines, pushPorts: () => ({ rtsp: 554, rtmp: null }) } },
  );
  await gateway.addDocking('docking');
});
afterEach(() => gateway.close());

function ask(method: string, path: string, body?: unknown, secret = operator.secret): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${secret}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  return gateway.ask(`/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test('a source is set, shown without its secret, and removed', async () => {
  const pull = {
    way: 'pull-rtsp',
    url: 'rtsp://192.0.2.7/1',
    userName: 'admin',
    password: 'geheim-geheim',
    reason: 'new',
  };
  const set = await ask('PUT', '/live/sources/sn%3AA', pull);
  expect(set.json).toMatchObject({
    shown: null,
    source: { recorderSerialNumber: 'A', hasSecret: true, changedBy: 'zhang' },
  });
  const listed = await ask('GET', '/live/sources', undefined, reader.secret);
  expect(listed.json).toMatchObject({
    sources: [{ url: 'rtsp://192.0.2.7/1', userName: 'admin', isAlwaysPulled: false }],
  });
  const said = `${set.body}${listed.body}${gateway.logLines.join('\n')}`;
  expect(said).not.toContain('geheim');
  expect((await ask('DELETE', '/live/sources/sn%3AA?reason=returned')).status).toBe(204);
  expect((await ask('GET', '/live/sources')).json).toEqual({
    sources: [],
    pushPorts: { rtsp: 554, rtmp: null },
  });
  expect((await ask('DELETE', '/live/sources/sn%3AA?reason=returned')).status).toBe(404);
});

test('null for a password makes another one: in a body null is not taken for an empty text', async () => {
  const made = () => ask('PUT', '/live/sources/sn%3AA', { way: 'push-rtsp', password: null, reason: 'new' });
  const [first, second] = [await made(), await made()];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(first.json.shown).not.toBe(second.json.shown);
});

test('a password that was made is shown once, and its hashes never', async () => {
  const { json } = await ask('PUT', '/live/sources/sn%3AA', { way: 'push-rtsp', reason: 'new' });
  expect(json).toMatchObject({ source: { userName: 'A', hasSecret: true }, shown: expect.any(String) });
  const listed = await ask('GET', '/live/sources');
  expect(listed.body.toString()).not.toMatch(/[0-9a-f]{32}/u);
  expect(gateway.logLines.join('\n')).not.toContain(String(json.shown));
});

test('what cannot be a source is refused with its code, and whoever only reads sets none', async () => {
  const set = (body: object, id = 'sn%3AA') => ask('PUT', `/live/sources/${id}`, { reason: 'new', ...body });
  expect((await set({ way: 'pull-rtsp', url: 'rtsp://u:p@192.0.2.7/1' })).json.code).toBe(
    'live-source-invalid',
  );
  expect((await set({ way: 'pull-rtsp' })).json.code).toBe('request-invalid');
  expect((await set({ way: 'push-rtsp', url: 'rtsp://192.0.2.7/1' })).json.code).toBe('request-invalid');
  expect((await set({ way: 'push-rtsp' }, 'sn%3AZ')).json.code).toBe('not-found');
  const read = await ask('PUT', '/live/sources/sn%3AA', { way: 'push-rtsp', reason: 'new' }, reader.secret);
  expect(read.status).toBe(403);
});

test('a recorder that was never docked is registered once, and told as stated', async () => {
  const register = () =>
    ask('POST', '/recorders', { serialNumber: 'DEMO-001', model: 'X1', reason: 'live only' });
  expect((await register()).json).toMatchObject({
    recorder: { recorderId: 'sn:DEMO-001', identitySource: 'stated', dockings: 0, model: 'X1' },
  });
  expect((await register()).json).toMatchObject({ code: 'serial-number-taken' });
});

test('streams are shown as they are now', async () => {
  const standing = {
    recorderId: 'sn:A',
    operationId: null,
    isExpected: true,
    isRegistered: true,
    stream: null,
    sessionId: null,
    lastPartMs: null,
    failure: null,
    trouble: 'connection refused',
    bitsPerSecond: null,
    viewers: 0,
  };
  lines = [standing];
  expect((await ask('GET', '/live/streams')).json).toMatchObject({
    streams: [
      {
        recorderSerialNumber: 'A',
        state: 'waiting',
        reason: { kind: 'not-reached', words: 'connection refused' },
        tracks: [],
      },
    ],
  });
  lines = [{ ...standing, failure: new Error('no space left') }];
  expect((await ask('GET', '/live/streams')).json).toMatchObject({ streams: [{ state: 'failed' }] });
});

test('a session tells its segments and its gaps; of another recorder nothing is listed', async () => {
  await gateway.addClip('clip-1', 'docking');
  await gateway.database.write(async (transaction) => {
    await transaction.run(
      `INSERT INTO live_session (session_id, recorder_id, way, tracks, started_at)
       VALUES ('session', 'sn:A', 'push-rtsp', '[]', '2026-08-04T01:00:00.000Z')`,
    );
    await transaction.run("UPDATE clip SET live_session_id = 'session'");
    await transaction.run(
      "INSERT INTO live_gap VALUES ('gap', 'session', 'stream-lost', 1000, NULL, 'no answer', NULL)",
    );
  });
  expect((await ask('GET', '/live/sessions?recorderId=sn%3AA&open=true')).json).toMatchObject({
    sessions: [{ sessionId: 'session', segments: 1, gaps: 1, senderReports: 0, endedAt: null }],
    nextCursor: null,
  });
  expect((await ask('GET', '/live/sessions?recorderId=sn%3AB')).json).toMatchObject({ sessions: [] });
  expect((await ask('GET', '/live/sessions?operationId=o')).json).toMatchObject({ sessions: [] });
  expect((await ask('GET', '/live/sessions?caseId=c')).json).toMatchObject({ sessions: [] });
  expect((await ask('GET', '/live/sessions/session')).json).toMatchObject({
    gaps: [{ cause: 'stream-lost', from: '1970-01-01T00:00:01.000Z', to: null }],
    segments: [{ clipId: 'clip-1' }],
  });
  expect((await ask('GET', '/live/sessions/none')).status).toBe(404);
});

test('of a session only what belongs to an operation is told where that is asked for', async () => {
  const opening = { title: '现场检查', recorders: [{ recorderId: 'sn:A' }] };
  const { operation } = (await ask('POST', '/operations', opening)).json as {
    operation: { operationId: string };
  };
  for (const clipId of ['long-before', 'before', 'during']) await gateway.addClip(clipId, 'docking');
  await gateway.database.write(async (transaction) => {
    await transaction.run(
      `INSERT INTO live_session (session_id, recorder_id, way, tracks, started_at)
       VALUES ('session', 'sn:A', 'push-rtsp', '[]', '2026-08-04T01:00:00.000Z')`,
    );
    await transaction.run(
      `UPDATE clip SET live_session_id = 'session',
       live_sequence = CASE clip_id WHEN 'long-before' THEN 1 WHEN 'before' THEN 2 ELSE 3 END`,
    );
    await transaction.run(
      `INSERT INTO operation_clip (clip_id, operation_id, recorder_id, joined_at)
       SELECT 'during', operation_id, recorder_id, joined_at FROM operation_recorder`,
    );
    await transaction.run(
      "INSERT INTO live_gap VALUES ('over', 'session', 'packets-lost', 1000, 2000, '', NULL), ('open', 'session', 'stream-lost', 3000, NULL, '', NULL)",
    );
  });
  const whole = await ask('GET', '/live/sessions/session');
  expect([whole.json.segments, whole.json.gaps].map((list) => (list as unknown[]).length)).toEqual([3, 2]);
  const ofOperation = async (endedAt: string) => {
    const end = { kind: 'bounded', value: endedAt, halfWidthMs: 0, notBefore: endedAt, notAfter: endedAt };
    const time = JSON.stringify({ start: end, end, sources: [], conflicts: [], doubts: [] });
    await gateway.database.write((transaction) =>
      transaction.run("UPDATE clip SET time = ? WHERE clip_id = 'before'", [time]),
    );
    const { json } = await ask('GET', `/live/sessions/session?operationId=${operation.operationId}`);
    expect(json).toMatchObject({ session: { segments: 3 }, gaps: [{ cause: 'stream-lost', to: null }] });
    return (json.segments as { clipId: string }[]).map(({ clipId }) => clipId);
  };
  expect(await ofOperation('2020-01-01T00:00:00.000Z')).toEqual(['during']);
  expect(await ofOperation(new Date().toISOString())).toEqual(['before', 'during']);
  expect((await ask('GET', '/live/sessions/session?operationId=none')).status).toBe(404);
});

test('an alarm is listed until it has ended and was seen', async () => {
  const alarmId = await gateway.caseWork.liveAlarms.raise({
    kind: 'not-recording',
    recorderId: 'sn:A',
    reason: { kind: 'nothing-sent' },
  });
  expect((await ask('GET', '/live/alarms?open=true')).json).toMatchObject({
    alarms: [
      {
        alarmId,
        isGrave: true,
        seenBy: null,
        detail: 'the recorder sends nothing',
        reason: { kind: 'nothing-sent' },
      },
    ],
  });
  expect((await ask('POST', `/live/alarms/${alarmId}/seen`, {})).json).toMatchObject({ seenBy: 'zhang' });
  await gateway.caseWork.liveAlarms.end(alarmId);
  expect((await ask('GET', '/live/alarms?open=true')).json).toMatchObject({ alarms: [] });
  expect((await ask('GET', '/live/alarms?recorderId=sn%3AA')).json).toMatchObject({ alarms: [{ alarmId }] });
  expect((await ask('POST', '/live/alarms/none/seen', {})).status).toBe(404);
});
