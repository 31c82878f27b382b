/** Feeds of a process that is killed at moments of chance: nothing lost, nothing out of order, nothing new under an old id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { NatsServer } from '@docket/ingest/archive-peers';
import { expect, onTestFinished, test } from 'vitest';
import { Receiver, type TakenEvent } from '../signed-push/testing/receiver.ts';
import { DockWithRecords } from './testing/dock-with-records.ts';
import { natsSettings, webhookSettings } from './testing/feed-settings.ts';
import { readStream } from './testing/stream-reader.ts';

const program = fileURLToPath(new URL('testing/feed-process.js', import.meta.url));
const subject = 'bwc.v1.demo.dock-1.record';
const total = 150;
const kills = 5;

/** Feeds that are killed when they have told so many more records, and started again; the last may finish. */
class KilledFeeds {
  readonly #dock: DockWithRecords;
  readonly #settings: object;
  #child: ChildProcess | null = null;
  #left = Number.POSITIVE_INFINITY;

  constructor(dock: DockWithRecords, settings: object) {
    this.#dock = dock;
    this.#settings = settings;
    onTestFinished(() => void this.#child?.kill('SIGKILL'));
  }

  /** Called with each record that goes out; kills the feeds when it is time. */
  tells(records: number): void {
    this.#left -= records;
    if (this.#left <= 0) this.#child?.kill('SIGKILL');
  }

  async run(): Promise<void> {
    for (let kill = 0; kill < kills; kill += 1) {
      this.#left = 1 + Math.floor(Math.random() * (total / kills));
      await once(this.#start(), 'exit');
    }
    this.#left = Number.POSITIVE_INFINITY;
    const last = this.#start();
    await expect.poll(() => this.#reached(), { timeout: 60_000 }).toBe(total);
    last.kill('SIGKILL');
    await once(last, 'exit');
  }

  #start(): ChildProcess {
    const { root } = this.#dock.ingest.layout;
    this.#child = spawn(process.execPath, [program, root, JSON.stringify(this.#settings)], {
      stdio: 'ignore',
    });
    return this.#child;
  }

  async #reached(): Promise<number> {
    const [row] = await this.#dock.ingest.database.read('SELECT max(next_sequence) AS next FROM record_feed');
    return Number(row?.next ?? 0);
  }
}

/** A line to a server that tells of each message published over it, some before they are passed on, some after. */
async function listeningLine(port: number, onPublished: (messages: number) => void): Promise<number> {
  const line = createServer((near) => {
    const far = createConnection(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    far.on('data', (bytes: Buffer) => near.write(bytes));
    near.on('data', (bytes: Buffer) => {
      const published = bytes.toString('latin1').split(`HPUB ${subject} `).length - 1;
      const isToldFirst = Math.random() < 0.5;
      if (isToldFirst) onPublished(published);
      far.write(bytes);
      if (!isToldFirst) onPublished(published);
    });
  });
  await once(line.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void line.close());
  return (line.address() as AddressInfo).port;
}

test('on NATS each record is there once and in order', async () => {
  const dock = await DockWithRecords.open();
  const server = await NatsServer.start({ folder: `${dock.folder}/nats` });
  onTestFinished(() => server.kill());
  await dock.makeUpTo(total);
  const holder: { killed?: KilledFeeds } = {};
  const port = await listeningLine(server.port, (messages) => holder.killed?.tells(messages));
  const nats = natsSettings([`nats://127.0.0.1:${port}`]);
  holder.killed = new KilledFeeds(dock, { nats, webhook: webhookSettings() });
  await holder.killed.run();
  const streamed = await readStream(server.url, 'bwc');
  expect(streamed.map(({ id }) => id)).toEqual((await dock.records()).map(({ sha256 }) => sha256));
}, 180_000);

test('at the webhook each record came, none before the one ahead of it, and again only under its own id', async () => {
  const dock = await DockWithRecords.open();
  const came: TakenEvent[] = [];
  const holder: { killed?: KilledFeeds } = {};
  const receiver = await Receiver.open(dock.folder, ({ events }) => {
    came.push(...events);
    holder.killed?.tells(events.length);
    return { status: 204 };
  });
  onTestFinished(() => receiver.close());
  await dock.makeUpTo(total);
  const { url, caFile } = receiver;
  const settings = { nats: natsSettings([]), webhook: webhookSettings({ url, caFile }) };
  holder.killed = new KilledFeeds(dock, settings);
  await holder.killed.run();
  let highest = -1;
  for (const { sequence } of came) {
    expect(Number(sequence)).toBeLessThanOrEqual(highest + 1);
    highest = Math.max(highest, Number(sequence));
  }
  const ids = new Map(came.map(({ id, sequence }) => [Number(sequence), id]));
  expect([...ids.values()]).toEqual((await dock.records()).map(({ sha256 }) => sha256));
  // A kill costs at most the request that was under way.
  expect(came.length).toBeLessThanOrEqual(total + kills * 5);
}, 180_000);
