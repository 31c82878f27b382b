import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { HashPool } from '../pull/hash-pool.ts';
import type { StoreLayout } from '../store/store-layout.ts';
import type { ArchiveTarget } from './archive-target.ts';
import { knownArchive } from './directory/archive-identity.ts';
import { DirectoryArchive } from './directory/directory-archive.ts';
import { EncryptionSpool, type SpoolEntry } from './encryption/encryption-spool.ts';
import { ClipDelivery } from './forwarding/clip-delivery.ts';
import { Forwarder } from './forwarding/forwarder.ts';
import { type ForwardingPolicy, usualForwarding } from './forwarding/forwarding-policy.ts';
import { HttpArchive } from './http/http-archive.ts';
import { Probes } from './probes.ts';
import { custodyOrigin } from './receipts/custody-head.ts';
import { CustodyHeads } from './receipts/custody-heads.ts';
import { DockKey } from './receipts/dock-key.ts';
import { type ReceiptTerms, usualReceiptTerms } from './receipts/receipt-terms.ts';
import { Receipts } from './receipts/receipts.ts';
import { settleQuorum } from './receipts/take-receipt.ts';
import { IndexRecords } from './records/index-records.ts';
import { RecordFeeds, type RecordFeedsOptions } from './records/record-feeds.ts';
import { TargetPlace } from './records/target-place.ts';
import type { TargetSettings } from './target-settings.ts';

export interface ArchiveOptions {
  targets: readonly TargetSettings[];
  forwarding?: Partial<ForwardingPolicy>;
  /** Whom the dock belongs to; told in index records. */
  organisation?: string | null;
  /** Told of what goes wrong with the feeds of index records; by default as of forwarding. */
  onFeedError?: RecordFeedsOptions['onError'];
  onFeedLoss?: RecordFeedsOptions['onLoss'];
  /** What is asked of receipts, and how the dock signs. */
  receipts?: Partial<ReceiptTerms>;
}

export interface ArchiveServices {
  database: IndexDatabase;
  custody: CustodyLog;
  layout: StoreLayout;
  pool: HashPool;
  dockName: string;
  onError(error: unknown, clipId: string | null): void;
  /** True while the store is above its water mark: clips that free room go first. */
  isRoomShort?(): Promise<boolean>;
}

/** The archive side of a dock: where clips go, and what takes them there. */
export class Archive {
  readonly targets: readonly ArchiveTarget[];
  readonly forwarder: Forwarder;
  /** The way of one clip to one target. */
  readonly delivery: ClipDelivery;
  readonly receipts: Receipts;
  readonly heads: CustodyHeads;
  readonly records: IndexRecords;
  readonly feeds: RecordFeeds;
  /** What was tried on each target. */
  readonly probes: Probes;

  private constructor(
    parts: Pick<
      Archive,
      'targets' | 'forwarder' | 'delivery' | 'receipts' | 'heads' | 'records' | 'feeds' | 'probes'
    >,
  ) {
    this.targets = parts.targets;
    this.forwarder = parts.forwarder;
    this.delivery = parts.delivery;
    this.receipts = parts.receipts;
    this.heads = parts.heads;
    this.records = parts.records;
    this.feeds = parts.feeds;
    this.probes = parts.probes;
  }

  /** Opens every target and queues what none of them has signed for. */
  static async open(services: ArchiveServices, options: ArchiveOptions): Promise<Archive> {
    const terms = { ...usualReceiptTerms, ...options.receipts };
    const key = await DockKey.open(services.layout, terms.isSm2On);
    const receipts = await Receipts.open(services, options.targets, { terms, key });
    await keepTargets(services.database, options.targets, receipts.keys.dockKey);
    await settleQuorum(receipts.book);
    const targets = await Promise.all(options.targets.map((settings) => openTarget(services, settings)));
    const { database, custody, dockName, onError } = services;
    const policy = { ...usualForwarding, ...options.forwarding };
    const records = new IndexRecords({ ...services, organisation: options.organisation ?? null });
    const heads = new CustodyHeads({
      ...services,
      signers: key.signers(custodyOrigin(dockName)),
      onError: (error) => onError(error, null),
    });
    const feeds = new RecordFeeds({
      database,
      records,
      onError: options.onFeedError ?? ((error) => onError(error, null)),
      onLoss: options.onFeedLoss ?? ((feed, loss) => onError(new Error(`${feed}: ${loss}`), null)),
    });
    for (const target of targets) feeds.add(new TargetPlace({ database, target, dockName, retry: policy }));
    const probes = new Probes(database, custody, targets);
    const spool = new EncryptionSpool(services.layout.forwarding, services.pool);
    await spool.sweep(await readUnderWay(database));
    const delivery = new ClipDelivery({
      ...services,
      leastRetention: policy.leastRetention,
      records,
      receipts,
      spool,
      settings: options.targets,
    });
    const forwarder = await Forwarder.open({
      database,
      custody,
      targets,
      settings: options.targets,
      policy,
      probes,
      delivery,
      isRoomShort: services.isRoomShort ?? (async () => false),
      onError,
    });
    return new Archive({ targets, forwarder, delivery, receipts, heads, records, feeds, probes });
  }

  async close(): Promise<void> {
    for (const target of this.targets) await target.close();
  }
}

async function openTarget(services: ArchiveServices, settings: TargetSettings): Promise<ArchiveTarget> {
  switch (settings.kind) {
    case 'directory':
      return new DirectoryArchive({
        settings,
        pool: services.pool,
        depositor: `gateway:${services.dockName}`,
        known: knownArchive(services.database, settings.name),
      });
    case 's3': {
      // Signing and XML take a tenth of the start: a dock without object stores does without.
      const { S3Archive } = await import('./s3/s3-archive.ts');
      return new S3Archive({ settings, pool: services.pool, depositor: `gateway:${services.dockName}` });
    }
    case 'http':
      return new HttpArchive({ settings, pool: services.pool });
  }
}

/** Said of a clip that a target added later cannot be sent. */
const leftTheDock = 'the dock’s own copy has left; it must be brought from the archive that signed for it';

/** Clips that are on their way to a target. */
async function readUnderWay(database: IndexDatabase): Promise<SpoolEntry[]> {
  const rows = await database.read("SELECT clip_id, target FROM forward WHERE state = 'queued'");
  return rows.map((row) => ({ clipId: String(row.clip_id), target: String(row.target) }));
}

/**
 * The targets as configured, and everything in the store that one of them has not signed for in its queue. Receipts from before
 * they were signed do not count, nor those by a key the dock has no more.
 */
async function keepTargets(
  database: IndexDatabase,
  targets: readonly TargetSettings[],
  dockKey: string,
): Promise<void> {
  await database.write(async (transaction) => {
    await transaction.run('UPDATE archive_target SET is_configured = 0');
    for (const { name, kind } of targets) {
      await transaction.run(
        `INSERT INTO archive_target (target, kind, is_configured) VALUES (?, ?, 1)
         ON CONFLICT (target) DO UPDATE SET kind = excluded.kind, is_configured = 1`,
        [name, kind],
      );
    }
    await transaction.run(
      `INSERT INTO forward (clip_id, target, queued_at, size_bytes, importance, state, last_error)
       SELECT clip.clip_id, archive_target.target, ?1, clip.size_bytes, 2 * clip.marked,
         iif(local_removed_at IS NULL, 'queued', 'dead'), iif(local_removed_at IS NULL, NULL, ?3)
       FROM clip JOIN archive_target
       WHERE archive_target.is_configured = 1 AND clip.state IN ('sealed', 'forwarded', 'receipted', 'released')
         AND NOT EXISTS (SELECT 1 FROM receipt WHERE receipt.clip_id = clip.clip_id AND receipt.target = archive_target.target
           AND (grade = 'archive-signed' OR (grade = 'gateway-verified' AND issued_by = ?2)))
       ON CONFLICT DO NOTHING`,
      [new Date().toISOString(), dockKey, leftTheDock],
    );
  });
}
