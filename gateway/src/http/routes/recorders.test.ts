import { RecorderError } from '@docket/device-protocol';
import { IngestError } from '@docket/ingest';
import { afterEach, describe, expect, test } from 'vitest';
import type { Recorder, RecorderFile } from '../../contract/index.ts';
import { type Answer, TestGateway, testToken } from '../testing/test-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

const path = `/api/v1/recorders/${encodeURIComponent('sn:A')}`;
const issue = { officerNumber: 'A-0001', officerName: '张三', numberOnRecorder: '000001', reason: '上岗' };

function post(where: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.ask(where, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function withRecorder(...open: Parameters<typeof TestGateway.open>): Promise<void> {
  gateway = await TestGateway.open(...open);
  await gateway.addDocking('d1');
}

describe('the ledger', () => {
  test('takes an issue and a return with their reasons, and answers with the whole recorder', async () => {
    await withRecorder();
    const issued = await post(`${path}/issue`, issue);
    expect(issued.status).toBe(200);
    expect(issued.json).toMatchObject({
      recorder: { issuedTo: { officerName: '张三', numberOnRecorder: '000001' }, state: 'in-service' },
      ledger: [{ sequence: 0, act: 'issued', operator: 'local', reason: '上岗' }],
    });
    const returned = (await post(`${path}/return`, { reason: '下班' })).json as unknown as RecorderFile;
    expect(returned.recorder.issuedTo).toBeNull();
    expect(returned.ledger.map(({ act }) => act)).toEqual(['returned', 'issued']);
    const { json } = await gateway.ask(`/api/v1/custody?recorderId=${encodeURIComponent('sn:A')}`);
    expect(json.entries).toMatchObject([
      { action: 'recorder-issued', actor: 'operator:local' },
      { action: 'recorder-returned' },
    ]);
  });

  test.each([
    ['issue', { ...issue, reason: undefined }, 400, 'request-invalid'],
    ['issue', { ...issue, reason: '   ' }, 400, 'request-invalid'],
    ['issue', { ...issue, officerName: 'a\nb' }, 400, 'request-invalid'],
    ['issue', { ...issue, officerName: 'x'.repeat(65) }, 400, 'request-invalid'],
    ['issue', { ...issue, unknown: 1 }, 400, 'request-invalid'],
    ['return', { reason: 'x' }, 409, 'recorder-not-issued'],
    ['state', { state: 'stolen', reason: 'x' }, 400, 'request-invalid'],
  ])('refuses %s %j', async (act, body, status, code) => {
    await withRecorder();
    const answer = await post(`${path}/${act}`, body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(((await gateway.ask(path)).json as unknown as RecorderFile).ledger).toEqual([]);
  });

  test('issues no recorder twice, and none that is out of service', async () => {
    await withRecorder();
    await post(`${path}/issue`, issue);
    expect((await post(`${path}/issue`, issue)).json.code).toBe('recorder-issued');
    await post(`${path}/return`, { reason: 'x' });
    expect((await post(`${path}/state`, { state: 'retired', reason: 'old' })).status).toBe(200);
    expect((await post(`${path}/issue`, issue)).json.code).toBe('recorder-out-of-service');
    expect((await post('/api/v1/recorders/none/issue', issue)).status).toBe(404);
  });

  test('is for operators', async () => {
    const reader = testToken('reader', ['read']);
    await withRecorder({ tokens: [reader.entry] });
    const headers = { authorization: `Bearer ${reader.secret}` };
    for (const act of ['issue', 'return', 'state']) {
      expect((await post(`${path}/${act}`, issue, headers)).json.code).toBe('scope-missing');
    }
    expect((await gateway.ask(path, { headers })).status).toBe(200);
    expect((await post('/api/v1/slots/1-1/identity', {}, headers)).json.code).toBe('scope-missing');
  });
});

describe('the list', () => {
  const found = async (query: string) => {
    const { json } = await gateway.ask(`/api/v1/recorders?${query}`);
    return (json.recorders as Recorder[]).length;
  };

  test('is filtered by what is known of a recorder', async () => {
    await withRecorder();
    await post(`${path}/issue`, issue);
    await gateway.database.write(async (transaction) => {
      await transaction.run(
        "INSERT INTO recorder_reading (docking_id, recorder_id, at, battery_percent) VALUES ('d1', 'sn:A', '2026-01-01T00:00:00.000Z', 15)",
      );
      await transaction.run("UPDATE docking SET state = 'complete'");
      await transaction.run(
        `INSERT INTO clock_history (docking_id, recorder_id, host, found, readings, verdict)
         SELECT docking_id, recorder_id, '{}', clock, '[]', '{"state":"fault","reasons":["never-set"]}' FROM docking`,
      );
    });
    const expected: [string, number][] = [
      ['', 1],
      ['text=a', 1],
      ['text=none', 0],
      [`text=${encodeURIComponent('张')}`, 1],
      ['officer=0001', 1],
      ['officer=9', 0],
      ['state=in-service', 1],
      ['state=lost', 0],
      ['batteryBelow=16', 1],
      ['batteryBelow=15', 0],
      ['clockFault=true', 1],
      ['clockFault=false', 0],
      ['concern=true', 0],
      ['notSeenForDays=1', 1],
      ['notSeenForDays=3650', 0],
    ];
    for (const [query, count] of expected) expect([query, await found(query)]).toEqual([query, count]);
  });
});

describe('writing an identity', () => {
  const where = '/api/v1/slots/1-1/identity';
  const wanted = { officerNumber: '000002', reason: '换人' };

  async function withSlot(answer: () => Promise<never>): Promise<void> {
    gateway = await TestGateway.open({}, { writeIdentity: answer });
    gateway.board.update({
      slot: '1-1',
      label: null,
      state: 'safe',
      safeToUndock: true,
      since: '2026-01-01T00:00:00.000Z',
      dockingId: 'd1',
      recorder: {
        recorderId: 'sn:A',
        serialNumber: 'A',
        vendor: null,
        model: null,
        firmware: null,
        officerNumber: null,
        driver: 'smp',
      },
      capabilities: ['writeIdentity'],
      concerns: [],
      clock: { state: 'unreadable', reason: 'not-read-yet' },
      clockVerdict: { state: 'unknown', reasons: [] },
      progress: null,
      issue: null,
    });
  }

  test.each([
    [new IngestError('SLOT_NOT_IDLE', 'x'), 409, 'slot-busy'],
    [new IngestError('SERIAL_NUMBER_TAKEN', 'x'), 409, 'serial-number-taken'],
    [new RecorderError('NOT_SUPPORTED', 'x'), 409, 'not-supported'],
    [new RecorderError('IDENTITY_REFUSED', 'x'), 422, 'identity-refused'],
    [new RecorderError('RECORDER_GONE', 'x'), 502, 'recorder-failed'],
    [new Error('a fault of ours'), 500, 'internal'],
  ])('answers %s as a problem', async (error, status, code) => {
    await withSlot(() => Promise.reject(error));
    const answer = await post(where, wanted);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  test('wants a reason, something to write, and a recorder in the slot', async () => {
    await withSlot(() => Promise.reject(new Error('never asked')));
    expect((await post(where, { officerNumber: '1' })).status).toBe(400);
    expect((await post(where, { reason: 'x' })).json.code).toBe('request-invalid');
    expect((await post('/api/v1/slots/9-9/identity', wanted)).status).toBe(404);
  });
});
