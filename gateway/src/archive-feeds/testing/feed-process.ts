/** A gateway reduced to its feeds, for tests that kill it: store folder, settings of the feeds as JSON. */
import { join } from 'node:path';
import { IndexDatabase, IndexRecords, RecordFeeds } from '@docket/ingest';
import type { Config } from '../../config/index.ts';
import { addArchiveFeeds } from '../index.ts';

const [storeDirectory = '', settings = ''] = process.argv.slice(2);
const database = await IndexDatabase.open(join(storeDirectory, 'index.sqlite'));
const fail = (error: unknown) => {
  throw error;
};
const records = new IndexRecords({ database, dockName: 'dock-1', organisation: 'demo', onError: fail });
const feeds = new RecordFeeds({ database, records, onError: () => {}, onLoss: (_, loss) => fail(loss) });
await addArchiveFeeds({
  archive: { records, feeds },
  settings: JSON.parse(settings) as Config['archive']['feeds'],
  organisation: 'demo',
  dockName: 'dock-1',
  storeDirectory,
});
await feeds.run(new AbortController().signal);
