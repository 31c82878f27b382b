/** The signed webhook over real HTTPS: batches where they are taken, order always, and nothing passed over. */
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSigningKey } from '../signed-push/signing-key.ts';
import { holds, Receiver, type Reply, type Taken } from '../signed-push/testing/receiver.ts';
import { DockWithRecords, testDockName } from './testing/dock-with-records.ts';
import { webhookSettings } from './testing/feed-settings.ts';
import { WebhookPlace } from './webhook-place.ts';

async function dockAndReceiver(count: number, reply: (taken: Taken, index: number) => Reply) {
  const dock = await DockWithRecords.open();
  await dock.makeUpTo(count);
  const receiver = await Receiver.open(dock.folder, reply);
  onTestFinished(() => receiver.close());
  const key = await openSigningKey(join(dock.folder, 'feed-key.pem'));
  const { url, caFile } = receiver;
  const place = (change: { caFile?: string | null } = {}) => {
    const { mostInBatch, timeoutMs, retryBaseMs, retryMaxMs } = webhookSettings();
    const retry = { retryBaseMs, retryMaxMs };
    return new WebhookPlace({
      url,
      caFile,
      key,
      mostInBatch,
      timeoutMs,
      retry,
      dockName: testDockName,
      ...change,
    });
  };
  return { dock, receiver, key, place };
}

const taken: Reply = { status: 204 };
const sequencesOf = ({ events }: Taken) => events.map(({ sequence }) => Number(sequence));

test('records come in signed batches of CloudEvents, in order, each under the hash of its record', async () => {
  const { dock, receiver, key, place } = await dockAndReceiver(12, () => taken);
  await dock.feeding(place()).untilDone();
  const [first, ...others] = receiver.requests;
  if (first === undefined) throw new Error('nothing came');
  expect(receiver.requests.map(sequencesOf)).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8, 9],
    [10, 11],
  ]);
  expect(first.headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
  expect(first.headers['signature-input']).toContain('tag="docket-archive"');
  const publicKey = createPublicKey(key.told.publicKeyPem);
  expect([first, ...others].every((request) => holds(request, receiver.url, publicKey))).toBe(true);
  const altered = { ...first, body: Buffer.from(first.body.toString().replace('a.mp4', 'b.mp4')) };
  expect(holds(altered, receiver.url, publicKey)).toBe(false);
  const records = await dock.records();
  expect(receiver.requests.flatMap(({ events }) => events)).toEqual(
    records.map((record) => ({
      specversion: '1.0',
      id: record.sha256,
      source: 'urn:docket:dock:dock-1',
      type: 'docket.archive.index-record',
      subject: record.clipId,
      time: record.at,
      datacontenttype: 'application/json',
      dataschema: 'urn:docket:schema:index-record:1',
      sequence: String(record.sequence).padStart(12, '0'),
      data: JSON.parse(record.body),
    })),
  );
});

test('a receiver that takes no batches gets one at a time, one that takes only short ones gets those', async () => {
  const alone = await dockAndReceiver(4, ({ events }) => ({ status: events.length > 1 ? 415 : 200 }));
  await alone.dock.feeding(alone.place()).untilDone();
  expect(alone.receiver.requests.map(sequencesOf)).toEqual([[0, 1, 2, 3], [0], [1], [2], [3]]);
  expect(alone.receiver.requests.at(-1)?.headers['content-type']).toContain('application/cloudevents+json');
  const short = await dockAndReceiver(5, ({ events }) => ({ status: events.length > 2 ? 413 : 200 }));
  await short.dock.feeding(short.place()).untilDone();
  expect(short.receiver.requests.map(sequencesOf)).toEqual([[0, 1, 2, 3, 4], [0, 1, 2], [0, 1], [2, 3], [4]]);
});

test('whatever the receiver answers, or fails to, no record is passed over and none overtakes another', async () => {
  const troubles: readonly Reply[] = [
    'cut',
    { status: 500 },
    { status: 429, headers: { 'retry-after': '0' } },
    { status: 422 },
    { status: 403 },
    { status: 302, headers: { location: 'https://127.0.0.1:1/' } },
  ];
  const kept: number[] = [];
  const { dock, receiver, place } = await dockAndReceiver(30, (request, index) => {
    const trouble = index % 2 === 0 ? troubles[(index / 2) % troubles.length] : undefined;
    // A receiver that cuts the line may well have kept what it got: by its ids it takes nothing twice.
    if (trouble === undefined || trouble === 'cut') {
      for (const sequence of sequencesOf(request)) if (!kept.includes(sequence)) kept.push(sequence);
    }
    return trouble ?? taken;
  });
  const feeding = dock.feeding(place());
  await feeding.untilDone();
  expect(kept).toEqual(Array.from({ length: 30 }, (_, index) => index));
  const codes = feeding.errors.map((error) => (error as { code: string }).code);
  expect(new Set(codes)).toEqual(new Set(['unreachable', 'failed', 'busy', 'malformed', 'denied']));
  expect(receiver.requests.length).toBe(12);
});

test('a receiver that nobody vouched for is told nothing', async () => {
  const { dock, receiver, place } = await dockAndReceiver(1, () => taken);
  const feeding = dock.feeding(place({ caFile: null }));
  await expect.poll(() => String(feeding.errors[0]), { timeout: 30_000 }).toContain('self-signed');
  expect(receiver.requests).toEqual([]);
});
