import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestGateway } from '../../http/testing/test-gateway.ts';
import { runDocket } from '../testing/run-docket.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await TestGateway.open();
  await gateway.addDocking('docking');
  const body = JSON.stringify({ way: 'push-rtsp', reason: 'new', person: '张三' });
  const headers = { 'content-type': 'application/json' };
  await gateway.ask('/api/v1/live/sources/sn%3AA', { method: 'PUT', headers, body });
});
afterEach(() => gateway.close());

function docket(...words: string[]) {
  return runDocket(words, { DOCKET_LANG: 'en', DOCKET_URL: gateway.server.url() }, gateway.folder);
}

async function fileOf(operationId: string) {
  const file = await gateway.caseWork.operations.read(operationId);
  if (file === null) throw new Error(`there is no operation ${operationId}`);
  return file;
}

test('a script opens an operation, marks it, has recorders leave and join, and closes it', async () => {
  const opened = await docket('operations', 'open', '现场检查', '--recorder', 'A', '--person', '张三');
  expect([opened.code, opened.stderr]).toEqual([0, '']);
  const operationId = opened.stdout.trim();
  expect((await docket('operations', '--open')).stdout).toMatch(
    new RegExp(`^${operationId} .* goes on +现场检查 .* 1 +0 +local:张三$`, 'mu'),
  );
  await docket('operations', 'mark', operationId, 'credentials-shown', '--recorder', 'A');
  await docket('operations', 'mark', operationId, 'note', '--text', '门口');
  await docket('operations', 'leave', operationId, 'A');
  const joined = await docket('operations', 'join', operationId, 'sn:A', '--json');
  expect(JSON.parse(joined.stdout)).toMatchObject({ operation: { recorderIds: ['sn:A'] } });
  expect((await docket('operations', 'close', operationId)).stdout).not.toContain('goes on');
  const { parts, bookmarks, operation } = await fileOf(operationId);
  expect(parts.map(({ recorderId, leftAt }) => [recorderId, leftAt === null])).toEqual([
    ['sn:A', false],
    ['sn:A', false],
  ]);
  expect(bookmarks.map(({ kind, text, recorderId }) => [kind, text, recorderId])).toEqual([
    ['credentials-shown', null, 'sn:A'],
    ['note', '门口', null],
  ]);
  expect(operation.closedAt).not.toBeNull();
  expect((await docket('operations', '--open')).stdout).toBe('No on-site operations.\n');
  expect(JSON.parse((await docket('operations', '--json')).stdout).operations).toHaveLength(1);
});

test('what the gateway refuses is told, and nothing is opened', async () => {
  const unknown = await docket('operations', 'open', '现场检查', '--case', 'oa/none');
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).not.toBe('');
  expect((await docket('operations', 'close', 'none')).code).not.toBe(0);
  expect((await docket('operations', 'mark', 'none', 'lunch')).code).not.toBe(0);
  expect((await docket('operations')).stdout).toBe('No on-site operations.\n');
});
