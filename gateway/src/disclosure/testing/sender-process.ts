/** A gateway reduced to its sender, for tests that kill it: store folder, receiver and authorities as arguments. */
import { join } from 'node:path';
import { CaseWork, CustodyLog, IndexDatabase } from '@docket/ingest';
import { createLog } from '../../log.ts';
import { createDisclosureSender, openDisclosureKey } from '../index.ts';
import { testSettings } from './test-settings.ts';

const [folder = '', url = '', caFile = ''] = process.argv.slice(2);
const database = await IndexDatabase.open(join(folder, 'index.sqlite'));
const custody = await CustodyLog.open(database, 'gateway:test');
const { disclosure } = new CaseWork({
  database,
  custody,
  onReckonError: (error) => {
    throw error;
  },
  disclosure: { ways: ['https'], kinds: [], statisticsEvery: null },
});
const settings = testSettings({ url, caFile });
const log = createLog('fatal', { write: () => {} });
const key = await openDisclosureKey(settings, folder);
await createDisclosureSender({ settings, dockName: 'test', disclosure, key, log }).run(
  new AbortController().signal,
);
