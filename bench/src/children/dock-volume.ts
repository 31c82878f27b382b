import { volumeDriver } from '@docket/device-protocol/transport';
import { Ingest } from '@docket/ingest';
import { ingestOptions } from './ingest-options.ts';

/** Docks a folder of clips into a new store and ends once it would be safe to undock: the product path, start to end. */
const [source, store] = process.argv.slice(2);
if (source === undefined || store === undefined) throw new Error('usage: dock-volume.js SOURCE STORE');

const undocked = new AbortController();
let end = '';
const ingest = await Ingest.open(
  ingestOptions(store, {
    onStatus: ({ phase, issue }) => {
      if (phase !== 'safe' && phase !== 'attention' && phase !== 'failed') return;
      end = issue === null ? phase : `${phase}: ${issue.code}, ${issue.detail}`;
      undocked.abort();
    },
  }),
);
const target = { type: 'volume', directory: source } as const;
await ingest.runDocking(volumeDriver, { portPath: '1-1', instance: 'bench', target }, undocked.signal);
await ingest.close();
if (end !== 'safe') throw new Error(`the docking ended ${end}`);
