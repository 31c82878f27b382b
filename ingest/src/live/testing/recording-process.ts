import { setImmediate as turn } from 'node:timers/promises';
import { Ingest } from '../../ingest.ts';
import { stepChannel } from '../../step-channel.ts';
import { ingestOptions } from '../../testing/test-dock.ts';
import { encodedFootage } from './encoded-footage.ts';
import { arriving, beginRecording, firstArrivalMs, later } from './live-recordings.ts';

/** Records without end into `argv[2]`, and says so for every part that is durable, or that it cannot, until it is killed. */
const [, , root = ''] = process.argv;
const ingest = await Ingest.open(
  ingestOptions({
    store: `${root}/store`,
    archive: `${root}/archive`,
    releasePolicy: 'never',
    onStatus: () => {},
    onForwardError: () => {},
  }),
);
let parts = 0;
stepChannel.subscribe((message) => {
  if ((message as { name: string }).name === 'live.part-synced') parts += 1;
});
const footage = [
  encodedFootage({ codec: 'h264', seconds: 2 }),
  encodedFootage({ codec: 'aac', seconds: 2, index: 1 }),
];
const recording = await beginRecording(ingest, footage);
const roundMs = 2048;
const units = arriving(footage).filter(({ arrival }) => arrival.atMs < firstArrivalMs + roundMs);
for (let round = 0; ; round += 1) {
  const before = parts;
  for (const unit of later(units, round * roundMs)) recording.take(unit);
  // A stream goes on though nothing of it becomes durable any more: that is when the failure shows.
  const waitedSinceMs = performance.now();
  while (parts === before && performance.now() - waitedSinceMs < 500) await turn();
  process.stdout.write(recording.failure === null ? `${parts}\n` : `failed ${recording.failure.message}\n`);
}
