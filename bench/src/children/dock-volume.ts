import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { volumeDriver } from '@docket/device-protocol/transport';
import { directoryTarget, Ingest } from '@docket/ingest';

/** Docks a folder of clips into a new store and ends once it would be safe to undock: the product path, start to end. */
const [source, store] = process.argv.slice(2);
if (source === undefined || store === undefined) throw new Error('usage: dock-volume.js SOURCE STORE');

const undocked = new AbortController();
let end = '';
const ingest = await Ingest.open({
  dockName: 'bench',
  storeDirectory: store,
  reserveBytes: 0,
  hashWorkers: availableParallelism(),
  stallTimeoutMs: 60_000,
  compareDeviceHash: true,
  clock: {
    host: { source: 'assume-synchronised', assumedBoundMs: 10 },
    policy: {
      samples: 1,
      set: 'when-host-synchronised',
      limits: { driftMsPerDay: 3000, faultOffsetMs: 5000 },
    },
    clips: {
      limits: { driftMsPerDay: 3000, faultOffsetMs: 5000, conflictMs: 5000, nameSlackMs: 2000 },
      assumedZone: 'Asia/Shanghai',
    },
  },
  archive: {
    targets: [directoryTarget('none', join(store, 'archive'))],
    forwarding: { retryBaseMs: 1000, retryMaxMs: 1000 },
  },
  releasePolicy: 'never',
  onClip: () => {},
  onForwardError: () => {},
  onReckonError: () => {},
  onDeletionError: () => {},
  onStatus: ({ phase, issue }) => {
    if (phase !== 'safe' && phase !== 'attention' && phase !== 'failed') return;
    end = issue === null ? phase : `${phase}: ${issue.code}, ${issue.detail}`;
    undocked.abort();
  },
});
const target = { type: 'volume', directory: source } as const;
await ingest.runDocking(volumeDriver, { portPath: '1-1', instance: 'bench', target }, undocked.signal);
await ingest.close();
if (end !== 'safe') throw new Error(`the docking ended ${end}`);
