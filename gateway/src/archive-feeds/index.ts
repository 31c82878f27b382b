import { join } from 'node:path';
import type { Archive } from '@docket/ingest';
import type { Config } from '../config/index.ts';
import { openSigningKey } from '../signed-push/signing-key.ts';
import { WebhookPlace } from './webhook-place.ts';

export interface ArchiveFeedParts {
  archive: Pick<Archive, 'records' | 'feeds'>;
  settings: Config['archive']['feeds'];
  organisation: string | null;
  dockName: string;
  storeDirectory: string;
}

/** Adds the places of the settings to the feeds of index records. Before they run. */
export async function addArchiveFeeds(parts: ArchiveFeedParts): Promise<void> {
  const { archive, settings, organisation, dockName, storeDirectory } = parts;
  const { url, keyFile, retryBaseMs, retryMaxMs, ...webhook } = settings.webhook;
  if (url !== null) {
    const key = await openSigningKey(keyFile ?? join(storeDirectory, 'feed-key.pem'));
    const retry = { retryBaseMs, retryMaxMs };
    archive.feeds.add(new WebhookPlace({ ...webhook, url, key, dockName, retry }));
  }
  if (settings.nats.servers.length > 0) {
    // A fifth of a second of the start, that docks without NATS do without.
    const { NatsPlace } = await import('./nats-place.ts');
    const recordAt = async (sequence: number) => {
      const [record] = await archive.records.since(sequence, 1);
      return record?.sequence === sequence ? record : null;
    };
    archive.feeds.add(new NatsPlace({ settings: settings.nats, dockName, organisation, recordAt }));
  }
}
