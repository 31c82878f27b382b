/** The packet on paper and from the command line, by the real browser and the real program. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseFacts } from '@docket/ingest';
import { expect, onTestFinished, test } from 'vitest';
import { runDocket } from '../cli/testing/run-docket.ts';
import { TestGateway } from '../http/testing/test-gateway.ts';
import { exampleCase } from '../testing/example-case.ts';
import { findBrowser } from './print-pdf.ts';

const facts: CaseFacts = {
  ...exampleCase,
  caseId: 'oa/1',
  number: '示立〔2026〕1号',
  name: '占道经营案',
  departmentId: 'demo',
  unitId: 'oa/u',
  category: 'penalty',
  matter: '占道经营',
};

async function open(pdfBrowser: string | null = null) {
  const gateway = await TestGateway.open({}, { pdfBrowser });
  const folder = await mkdtemp(join(tmpdir(), 'docket-packet-test-'));
  onTestFinished(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });
  const record = { kind: 'case', facts, isWithdrawn: false } as const;
  await gateway.caseWork.book.receive('oa', [{ record, revision: null }], 'oa');
  return { gateway, folder };
}

test.runIf((await findBrowser(null)) !== null)(
  'the browser of the machine prints a PDF and leaves nothing behind',
  async () => {
    const { gateway } = await open();
    const leftBehind = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('docket-print-'));
    const before = await leftBehind();
    const answer = await gateway.ask('/api/v1/cases/oa%2F1/review-packet.pdf?person=x');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.body.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await leftBehind()).toEqual(before);
  },
  120_000,
);

test('without a browser the answer says so, and one that fails is no server secret', async () => {
  const missing = await open('/nonexistent/chromium');
  const none = await missing.gateway.ask('/api/v1/cases/oa%2F1/review-packet.pdf?person=x');
  expect([none.status, none.json.code]).toEqual([501, 'pdf-browser-missing']);
  const broken = await open('/bin/false');
  const failed = await broken.gateway.ask('/api/v1/cases/oa%2F1/review-packet.pdf?person=x');
  expect([failed.status, failed.json.code]).toEqual([500, 'pdf-failed']);
});

test('whoever sits at a dock without tokens has to say who asks', async () => {
  const { gateway } = await open();
  const answer = await gateway.ask('/api/v1/cases/oa%2F1/review-packet');
  expect([answer.status, answer.json.code]).toEqual([400, 'person-missing']);
});

test('docket cases packet saves the bytes that the hash is of, in the form its file name asks', async () => {
  const { gateway, folder } = await open();
  const environment = { DOCKET_URL: gateway.server.url(), DOCKET_LANG: 'en' };
  const save = (out: string, ...more: string[]) =>
    runDocket(['cases', 'packet', 'oa/1', '--out', out, '--person', 'x', ...more], environment, folder);
  const saved = await save('packet.json');
  const bytes = await readFile(join(folder, 'packet.json'));
  const hash = createHash('sha256').update(bytes).digest('hex');
  expect(saved).toMatchObject({ code: 0, stdout: `packet.json: packet ${hash}\n` });
  await save('packet.html', '--language', 'en', '--sha256', hash);
  expect(await readFile(join(folder, 'packet.html'), 'utf8')).toContain('Legal review of a major decision');
  expect((await save('packet.docx')).code).toBe(2);
});
