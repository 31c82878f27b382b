/**
 * Forwards everything in a store to one S3 archive, as the gateway does, and ends when all of it is signed for. With a folder
 * of late clips it docks them once so many seconds have passed. Prints one line of JSON for each receipt.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { volumeDriver } from '@docket/device-protocol/transport';
import { Ingest, readClip } from '@docket/ingest';
import { ingestOptions } from '../children/ingest-options.ts';
import type { ForwardOrder } from './forward-order.ts';

const [orderFile] = process.argv.slice(2);
if (orderFile === undefined) throw new Error('usage: forward-clips.js ORDER');
const order: ForwardOrder = JSON.parse(await readFile(orderFile, 'utf8'));

const stop = new AbortController();
let late: Promise<void> | null = null;
const ingest = await Ingest.open(
  ingestOptions(order.store, {
    archive: { targets: [order.target], forwarding: { retryBaseMs: 200, retryMaxMs: 2_000 } },
    onStatus: ({ phase }) => {
      if (phase === 'safe') undocked.abort();
    },
    onForwardError: (error) => process.stderr.write(`${String(error)}\n`),
  }),
);
const undocked = new AbortController();
const { forwarder } = ingest.archive;
const startedMs = performance.now();

async function look(): Promise<void> {
  const { waitingClips } = await forwarder.queue();
  if (waitingClips === 0 && late === null) stop.abort();
}

forwarder.onReceipted((clipId) => {
  const atSeconds = (performance.now() - startedMs) / 1000;
  void readClip(ingest.database, clipId).then((clip) => {
    process.stdout.write(`${JSON.stringify({ name: clip?.name, atSeconds })}\n`);
    return look();
  });
});
const running = forwarder.run(stop.signal);
if (order.late !== null) {
  const { folder, afterSeconds } = order.late;
  late = (async () => {
    await delay(afterSeconds * 1000);
    process.stdout.write(
      `${JSON.stringify({ docked: true, atSeconds: (performance.now() - startedMs) / 1000 })}\n`,
    );
    const target = { type: 'volume', directory: folder } as const;
    await ingest.runDocking(volumeDriver, { portPath: '1-1', instance: 'late', target }, undocked.signal);
  })().finally(() => {
    late = null;
  });
}
await look();
await running;
await late;
await ingest.close();
