import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestGateway } from '../../http/testing/test-gateway.ts';
import { runDocket } from '../testing/run-docket.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await TestGateway.open();
  await gateway.addDocking('docking');
});
afterEach(() => gateway.close());

function docket(...words: string[]) {
  return runDocket(words, { DOCKET_LANG: 'en', DOCKET_URL: gateway.server.url() }, gateway.folder);
}

test('sources and streams are listed, and told as none where there are none', async () => {
  expect((await docket('live', 'sources')).stdout).toBe('No recorder is registered to send live.\n');
  expect((await docket('live', 'streams')).stdout).toBe('Nothing comes live, and nothing should.\n');
  const body = JSON.stringify({ way: 'push-rtsp', password: 'geheim-geheim', reason: 'new', person: '张三' });
  const headers = { 'content-type': 'application/json' };
  expect((await gateway.ask('/api/v1/live/sources/sn%3AA', { method: 'PUT', headers, body })).status).toBe(
    200,
  );
  const { stdout } = await docket('live', 'sources');
  expect(stdout).toMatch(/^Recorder .*\nA +pushes RTSP +A +on$/mu);
  expect(stdout).not.toContain('geheim');
});
