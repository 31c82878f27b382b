import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestGateway } from '../../http/testing/test-gateway.ts';
import type { LiveLine } from '../../live/live-view.ts';
import { exampleCase } from '../../testing/example-case.ts';
import { runDocket } from '../testing/run-docket.ts';

let gateway: TestGateway;
let lines: LiveLine[] = [];
beforeEach(async () => {
  lines = [];
  const live = { lines: () => lines, pushPorts: () => ({ rtsp: 8554, rtmp: null }) };
  gateway = await TestGateway.open({}, { live });
  await gateway.addDocking('docking');
});
afterEach(() => gateway.close());

function docket(language: 'en' | 'zh-CN', ...words: string[]) {
  const environment = { DOCKET_LANG: language, DOCKET_URL: gateway.server.url() };
  return runDocket(['operations', 'show', ...words], environment, gateway.folder);
}

test('an operation is shown with its case, what its recorders send and sent, its bookmarks and gaps', async () => {
  const operationId = await operationOfA();
  await brokenSession(operationId);
  const { stdout, stderr } = await docket('en', operationId);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^现场检查\n/u);
  expect(stdout).toMatch(/^Closed +goes on$/mu);
  expect(stdout).toMatch(/^Case +示检〔2026〕1号 示例检查$/mu);
  expect(stdout).toMatch(/^Step +Investigation$/mu);
  // It left and came back: what it sends now stands at its second part alone.
  expect(stdout.match(/^A .* does not come +0 +connection refused$/gmu)).toHaveLength(1);
  expect(stdout).toMatch(/^A .* goes on +pushes RTSP +h265 +session$/mu);
  expect(stdout).toMatch(/ note 门口 +A +local:张三$/mu);
  expect(stdout).toMatch(/ not back yet +A +stream lost +no answer$/mu);
  expect(stdout).not.toContain('long before');
  expect((await docket('zh-CN', operationId)).stdout).toMatch(/ 尚未恢复 +A +码流中断 /u);
});

test('a script is given all of it, also of an operation that is closed', async () => {
  const operationId = await operationOfA();
  await brokenSession(operationId);
  await gateway.caseWork.operations.close(operationId, 'local:张三');
  lines = lines.map((line) => ({ ...line, operationId: null }));
  expect(JSON.parse((await docket('en', operationId, '--json')).stdout)).toMatchObject({
    operation: { operationId, closedBy: 'local:张三' },
    parts: [{ recorderId: 'sn:A' }, { recorderId: 'sn:A' }],
    bookmarks: [{ text: '门口' }],
    streams: [],
    sessions: [{ session: { sessionId: 'session' }, gaps: [{ cause: 'stream-lost' }] }],
  });
  const unknown = await docket('en', 'none');
  expect([unknown.code === 0, unknown.stdout]).toEqual([false, '']);
});

/** Recorder A takes part, left once, and does not send now. */
async function operationOfA(): Promise<string> {
  const { caseWork } = gateway;
  const record = { kind: 'case' as const, facts: exampleCase, isWithdrawn: false };
  await caseWork.book.receive('oa', [{ record, revision: null }], 'system:oa');
  const person = 'local:张三';
  const taking = { recorderId: 'sn:A', officerId: null };
  const { operationId } = await caseWork.operations.open(
    {
      ...{ title: '现场检查', place: null, officerIds: [], recorders: [taking] },
      ...{ caseId: exampleCase.caseId, activityId: null, step: 'investigation' },
    },
    person,
  );
  await caseWork.operations.leave(operationId, 'sn:A', person);
  await caseWork.operations.join(operationId, taking, person);
  const mark = { kind: 'note' as const, text: '门口', at: null, recorderId: 'sn:A' };
  await caseWork.operations.bookmark(operationId, mark, person);
  lines = [
    {
      ...{ recorderId: 'sn:A', operationId, isExpected: true, isRegistered: true, stream: null },
      ...{ sessionId: null, lastPartMs: null, failure: null, trouble: 'connection refused' },
      ...{ bitsPerSecond: null, viewers: 0 },
    },
  ];
  return operationId;
}

/** A session of A with a segment of the operation, that broke off now, and long before. */
async function brokenSession(operationId: string): Promise<void> {
  await gateway.addClip('clip', 'docking');
  await gateway.database.write(async (transaction) => {
    await transaction.run(
      `INSERT INTO live_session (session_id, recorder_id, way, tracks, started_at)
       VALUES ('session', 'sn:A', 'push-rtsp', ?, '2026-08-04T01:00:00.000Z')`,
      [JSON.stringify([{ kind: 'video', codec: 'h265', clockRateHz: 90_000, channels: null }])],
    );
    await transaction.run("UPDATE clip SET live_session_id = 'session', live_sequence = 1");
    await transaction.run(
      `INSERT INTO operation_clip (clip_id, operation_id, recorder_id, joined_at)
       SELECT 'clip', operation_id, recorder_id, joined_at FROM operation_recorder WHERE operation_id = ? LIMIT 1`,
      [operationId],
    );
    await transaction.run(
      `INSERT INTO live_gap VALUES ('before', 'session', 'stream-lost', 1000, 2000, 'long before', NULL),
       ('now', 'session', 'stream-lost', ?, NULL, 'no answer', NULL)`,
      [Date.now()],
    );
  });
}
