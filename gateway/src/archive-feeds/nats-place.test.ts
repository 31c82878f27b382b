/** JetStream by Debian's nats-server: every record once and in order, whatever is killed, and what is lost is told. */
import { execFileSync } from 'node:child_process';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isArchiveRefusal } from '@docket/ingest';
import { NatsServer } from '@docket/ingest/archive-peers';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos, nkeys } from '@nats-io/transport-node';
import { expect, onTestFinished, test } from 'vitest';
import { NatsPlace, recordSubject } from './nats-place.ts';
import { DockWithRecords, testDockName, testOrganisation } from './testing/dock-with-records.ts';
import { natsSettings } from './testing/feed-settings.ts';
import { readStream } from './testing/stream-reader.ts';

const subject = 'bwc.v1.demo.dock-1.record';
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

async function natsServer(folder: string, configuration = ''): Promise<NatsServer> {
  const server = await NatsServer.start({ folder: join(folder, 'nats'), configuration });
  onTestFinished(() => server.kill());
  return server;
}

const placeOf = (dock: DockWithRecords, settings: ReturnType<typeof natsSettings>) =>
  new NatsPlace({
    settings,
    dockName: testDockName,
    organisation: testOrganisation,
    recordAt: dock.recordAt,
  });

async function dockAndServer(count: number) {
  const dock = await DockWithRecords.open();
  const server = await natsServer(dock.folder);
  await dock.makeUpTo(count);
  const feed = () => dock.feeding(placeOf(dock, natsSettings([server.url])));
  const sequences = async () => (await readStream(server.url, 'bwc')).map(({ sequence }) => sequence);
  return { dock, server, feed, sequences };
}

test('every record is an event on the subject of its dock, in order, and its hash is that of the record in it', async () => {
  const { dock, server, feed } = await dockAndServer(5);
  await feed().untilDone();
  const streamed = await readStream(server.url, 'bwc');
  expect(streamed.map(({ id }) => id)).toEqual((await dock.records()).map(({ sha256 }) => sha256));
  expect(streamed.every((record) => record.isWhole && record.subject === subject)).toBe(true);
});

test('a subject has as many parts as it should, whatever docks and organisations are called', () => {
  expect(recordSubject('demo', 'dock-1')).toBe(subject);
  expect(recordSubject(null, 'a.b *')).toBe('bwc.v1.-.a%2Eb%20%2A.record');
  expect(recordSubject('a.b', 'x')).not.toBe(recordSubject('a%2Eb', 'x'));
});

test('a server killed again and again while records flow has each of them once, in order', async () => {
  const { dock, server, feed, sequences } = await dockAndServer(1);
  const feeding = feed();
  const total = 400;
  const making = dock.makeUpTo(total);
  for (let kill = 1; kill <= 5; kill += 1) {
    const reached = async () => (await feeding.feeds.status())[0]?.nextSequence ?? 0;
    await expect.poll(reached, { timeout: 60_000, interval: 1 }).toBeGreaterThan((kill * total) / 8);
    await server.kill();
    await server.start();
  }
  await making;
  await feeding.untilDone();
  expect(await sequences()).toEqual(upTo(total));
  expect(feeding.losses).toEqual([]);
  expect(feeding.errors.length).toBeGreaterThan(0);
}, 120_000);

test('a feed that has forgotten how far it got says nothing twice', async () => {
  const { dock, feed, sequences } = await dockAndServer(30);
  const first = feed();
  await first.untilDone();
  await first.stop();
  await dock.ingest.database.write((transaction) => transaction.run('DELETE FROM record_feed'));
  await feed().untilDone();
  expect(await sequences()).toEqual(upTo(30));
});

test('everything sent again when the stream remembers no ids any more is refused, each by its expected sequence', async () => {
  const { dock, server, feed } = await dockAndServer(20);
  const connection = await connect({ servers: server.url });
  onTestFinished(() => connection.close());
  const { streams } = await jetstreamManager(connection);
  await streams.add({ name: 'bwc', subjects: ['bwc.v1.>'], duplicate_window: nanos(100) });
  const first = feed();
  await first.untilDone();
  await first.stop();
  const client = jetstream(connection);
  const other = 'bwc.v1.demo.dock-2.record';
  // The window is over when an id of before is taken again.
  const isForgotten = async () => {
    const { duplicate } = await client.publish(other, '{"id":"x","sequence":"0"}', { msgID: 'same' });
    return !duplicate;
  };
  await isForgotten();
  await expect.poll(isForgotten).toBe(true);
  const settings = natsSettings([server.url]);
  const { created } = await streams.info('bwc');
  const replay = placeOf(dock, settings);
  onTestFinished(() => replay.close());
  for (const record of await dock.records()) {
    const { sequence } = record;
    const mark = JSON.stringify({ stream: 'bwc', created, sequence, reached: sequence, holes: 0 });
    const again = replay.deliver([record], { nextSequence: sequence, mark }, new AbortController().signal);
    await expect(again).rejects.toSatisfy((error) => isArchiveRefusal(error, 'conflict'));
  }
  expect((await readStream(server.url, 'bwc')).filter((one) => one.subject === subject)).toHaveLength(20);
});

test('a stream that lost everything it had acknowledged is told, and filled again from the dock', async () => {
  const { server, feed, sequences } = await dockAndServer(25);
  const feeding = feed();
  await feeding.untilDone();
  await server.kill();
  await server.wipe();
  await server.start();
  await expect
    .poll(() => feeding.losses, { timeout: 30_000 })
    .toEqual(['stream bwc: 25 records that were acknowledged are gone']);
  await feeding.untilDone();
  expect(await sequences()).toEqual(upTo(25));
  expect((await feeding.feeds.status())[0]).toMatchObject({
    lastLoss: expect.stringContaining('25 records'),
    waiting: 0,
  });
});

test('a stream that lost its end is told so, and gets the end again', async () => {
  const { dock, server, feed, sequences } = await dockAndServer(10);
  const feeding = feed();
  await feeding.untilDone();
  await server.kill();
  const copy = join(dock.folder, 'copy');
  await cp(server.streams, copy, { recursive: true });
  await server.start();
  await dock.makeUpTo(17);
  await feeding.untilDone();
  await server.kill();
  await rm(server.streams, { recursive: true });
  await cp(copy, server.streams, { recursive: true });
  await server.start();
  await expect
    .poll(() => feeding.losses, { timeout: 30_000 })
    .toEqual(['stream bwc: 7 records that were acknowledged are gone']);
  await feeding.untilDone();
  expect(await sequences()).toEqual(upTo(17));
});

test('records that a stream is told to let go are not missed, and the feed goes on behind them', async () => {
  const { dock, server, feed } = await dockAndServer(4);
  const connection = await connect({ servers: server.url });
  onTestFinished(() => connection.close());
  const { streams } = await jetstreamManager(connection);
  await streams.add({
    name: 'bwc',
    subjects: ['bwc.v1.>'],
    max_age: nanos(150),
    duplicate_window: nanos(100),
  });
  const first = feed();
  await first.untilDone();
  await first.stop();
  await expect.poll(async () => (await streams.info('bwc')).state.messages).toBe(0);
  await dock.makeUpTo(6);
  for (const run of ['again', 'and again']) {
    const feeding = feed();
    await feeding.untilDone();
    await feeding.stop();
    expect(feeding.losses, run).toEqual([]);
  }
  expect((await streams.info('bwc')).state.last_seq).toBe(6);
});

test('a second dock of the same name is not let into the chain of the first', async () => {
  const { server, feed, sequences } = await dockAndServer(3);
  await feed().untilDone();
  const other = await DockWithRecords.open();
  await other.makeUpTo(6);
  const feeding = other.feeding(placeOf(other, natsSettings([server.url])));
  await expect.poll(() => feeding.errors.length, { timeout: 30_000 }).toBeGreaterThan(1);
  expect(feeding.errors.every((error) => isArchiveRefusal(error, 'holds-other-bytes'))).toBe(true);
  expect(await sequences()).toEqual(upTo(3));
});

test('without a stream for the subject the feed waits, and goes on once the operator has made one', async () => {
  const dock = await DockWithRecords.open();
  const server = await natsServer(dock.folder);
  await dock.makeUpTo(2);
  const feeding = dock.feeding(placeOf(dock, natsSettings([server.url], { stream: null })));
  await expect.poll(() => feeding.errors.length, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(String(feeding.errors[0])).toContain(`no stream of the server takes ${subject}`);
  const connection = await connect({ servers: server.url });
  onTestFinished(() => connection.close());
  const { streams } = await jetstreamManager(connection);
  await streams.add({ name: 'docks-07', subjects: ['bwc.v1.demo.>'] });
  await feeding.untilDone();
  expect(await readStream(server.url, 'docks-07')).toHaveLength(2);
});

test('TLS and an nkey: only a server that is vouched for, only with the right key', async () => {
  const dock = await DockWithRecords.open();
  await dock.makeUpTo(2);
  const file = (name: string) => join(dock.folder, name);
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '2', '-subj', '/CN=nats']
      .concat(['-addext', 'subjectAltName=DNS:localhost'])
      .concat(['-keyout', file('nats.key'), '-out', file('nats.crt')]),
    { stdio: 'ignore' },
  );
  const [user, stranger] = [nkeys.createUser(), nkeys.createUser()];
  await writeFile(file('user.seed'), user.getSeed(), { mode: 0o600 });
  await writeFile(file('stranger.seed'), stranger.getSeed(), { mode: 0o600 });
  await writeFile(file('open.seed'), user.getSeed(), { mode: 0o644 });
  const server = await natsServer(
    dock.folder,
    `tls { cert_file: "${file('nats.crt')}", key_file: "${file('nats.key')}" }
     authorization { users: [{ nkey: ${user.getPublicKey()} }] }`,
  );
  const url = `tls://localhost:${server.port}`;
  const right = { caFile: file('nats.crt'), nkeySeedFile: file('user.seed') };
  const failsWith = async (change: Partial<ReturnType<typeof natsSettings>>, said: RegExp) => {
    const feeding = dock.feeding(placeOf(dock, natsSettings([url], { ...right, ...change })));
    await expect.poll(() => String(feeding.errors[0]), { timeout: 30_000 }).toMatch(said);
    await feeding.stop();
  };
  await failsWith({ caFile: null }, /self-signed/u);
  await failsWith({ nkeySeedFile: file('stranger.seed') }, /authorization violation/iu);
  await failsWith({ nkeySeedFile: file('open.seed') }, /may be read by others/u);
  const feeding = dock.feeding(placeOf(dock, natsSettings([url], right)));
  await feeding.untilDone();
  expect(feeding.errors).toEqual([]);
  const plain = await NatsServer.start({ folder: file('plain') });
  onTestFinished(() => plain.kill());
  await failsWith({ servers: [`tls://localhost:${plain.port}`] }, /does not support 'tls'/u);
});
