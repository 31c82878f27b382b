import { afterEach, expect, test } from 'vitest';
import { type Answer, TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
afterEach(async () => {
  gateway.calibration.stop();
  await gateway.close();
});

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return gateway.ask(`/api/v1${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
}

test('calibration is begun once and ended, and says who began it', async () => {
  gateway = await TestGateway.open();
  expect((await send('POST', '/calibration')).json).toMatchObject({ active: true, startedBy: 'local' });
  expect((await send('POST', '/calibration')).json.code).toBe('calibration-running');
  expect((await send('DELETE', '/calibration')).json).toMatchObject({ active: false, seen: null });
  expect((await send('GET', '/calibration')).json).toMatchObject({ active: false, places: [] });
});

test('a label is given to a port, changed and forgotten', async () => {
  gateway = await TestGateway.open();
  const { json } = await send('POST', '/places', { slot: '1-1.4', label: ' A1 ' });
  expect(json.places).toMatchObject([
    { slot: '1-1.4', label: 'A1', source: 'calibration', assignedBy: 'local' },
  ]);
  const [{ placeId } = { placeId: '' }] = json.places as { placeId: string }[];
  expect((await send('POST', '/places', { slot: '1-2', label: 'A1' })).json.code).toBe('label-taken');
  const renamed = await send('PUT', `/places/${placeId}`, { label: '一号' });
  expect(renamed.json.places).toMatchObject([{ label: '一号' }]);
  expect((await send('DELETE', `/places/${placeId}`)).json).toEqual({ places: [] });
  expect((await send('DELETE', `/places/${placeId}`)).status).toBe(404);
});

test.each([
  [{ slot: '../x', label: 'A1' }],
  [{ slot: '1-1', label: ' ' }],
  [{ slot: '1-1', label: 'x'.repeat(41) }],
  [{ slot: '1-1' }],
])('%j names no slot', async (body) => {
  gateway = await TestGateway.open();
  expect((await send('POST', '/places', body)).json.code).toBe('request-invalid');
});
