import type { Archive } from '@docket/ingest';
import type { ArchiveFeed } from '../contract/index.ts';

/** How far each feed has got with the index records of this dock. */
export async function readFeeds({ feeds }: Pick<Archive, 'feeds'>): Promise<ArchiveFeed[]> {
  const found = await feeds.status();
  return found.map(({ feed, waiting, attempts, lastDeliveredAt, lastError, lastLoss, lastLossAt }) => ({
    name: feed,
    waitingRecords: waiting,
    ...{ attempts, lastDeliveredAt, lastError, lastLoss, lastLossAt },
  }));
}
