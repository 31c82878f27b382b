import { ClipLocks } from '../../pull/clip-locks.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import { DeletionWarrant } from '../../retention/deletion-warrant.ts';
import { announceStep } from '../../step-channel.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { type ArchiveDocument, contentKey, encryptedContentKey } from '../archive-layout.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type {
  ArchiveDeposit,
  ArchiveTarget,
  ContentDigest,
  Deposited,
  DepositLine,
  Holding,
  RemovalOutcome,
} from '../archive-target.ts';
import type { ProbeReport } from '../probe-report.ts';
import type { S3TargetSettings } from '../target-settings.ts';
import { ClipUpload, type UploadedClip } from './clip-upload.ts';
import { abortUpload, listUploads } from './multipart-calls.ts';
import { type BucketRule, lockVersion, readBucketRule } from './object-lock.ts';
import { readBackVersion } from './object-read-back.ts';
import { otherDocks, removeVersions } from './object-removal.ts';
import { S3Client, smallBody } from './s3-client.ts';
import { probeS3 } from './s3-probe.ts';
import type { StoredVersion } from './stored-version.ts';
import { type ObjectPlace, readSession } from './upload-session.ts';

export interface S3ArchiveOptions {
  settings: S3TargetSettings;
  pool: HashPool;
  /** Who deposits here: `gateway:<dock>`. */
  depositor: string;
}

/** Uploads that no session of ours owns are left alone so long: they may be another dock’s. */
const strangerMs = 7 * 86_400_000;

/** An archive in buckets of an object store that speaks S3; `archive-layout.ts` tells the keys. */
export class S3Archive implements ArchiveTarget {
  readonly kind = 's3';
  readonly name: string;
  readonly #settings: S3TargetSettings;
  readonly #client: S3Client;
  readonly #pool: HashPool;
  readonly #dock: string;
  /** One deposit or removal of a content at a time. */
  readonly #contents = new ClipLocks();
  /** Rules of buckets, read once. */
  readonly #rules = new Map<string, BucketRule>();
  /** Uploads this process began or took up, by id, as long as they may be under way. */
  readonly #uploads = new Map<string, ObjectPlace>();
  /** Keys being deposited now. */
  readonly #underWay = new Set<string>();
  readonly #closing = new AbortController();

  constructor({ settings, pool, depositor }: S3ArchiveOptions) {
    this.name = settings.name;
    this.#settings = settings;
    this.#client = new S3Client(settings);
    this.#pool = pool;
    this.#dock = depositor.replace(/^gateway:/u, '');
  }

  async reach(signal: AbortSignal): Promise<void> {
    for (const bucket of this.#buckets()) await this.#client.call({ method: 'HEAD', bucket }, signal);
  }

  async putDocument({ key, body, mediaType }: ArchiveDocument, signal: AbortSignal): Promise<string> {
    // Repeating it makes no new version: those of a locked bucket stay for years.
    if ((await this.readDocument(key, signal)) === body) return sha256Hex(body);
    const bucket = this.#settings.buckets.ordinary;
    const headers = { 'content-type': mediaType };
    await this.#client.call({ method: 'PUT', bucket, key, headers, body: smallBody(body) }, signal);
    const kept = await this.readDocument(key, signal);
    if (kept === body) return sha256Hex(kept);
    throw new ArchiveRefusal(
      'holds-other-bytes',
      `archive ${this.name} gives another document than was sent at ${key}`,
    );
  }

  async readDocument(key: string, signal: AbortSignal): Promise<string | null> {
    const bucket = this.#settings.buckets.ordinary;
    const answer = await this.#client.callOrNothing({ method: 'GET', bucket, key }, signal);
    return answer === null ? null : answer.body.toString('utf8');
  }

  deposit(deposit: ArchiveDeposit, line: DepositLine, signal: AbortSignal): Promise<Deposited> {
    const { original, content, retention } = deposit;
    const key =
      content.encryption === 'none'
        ? contentKey(original.sha256)
        : encryptedContentKey(original.sha256, content.sha256);
    const place = { bucket: this.#settings.buckets[retention.class], key };
    return this.#contents.hold(key, async () => {
      this.#underWay.add(key);
      try {
        return { holding: await this.#store(deposit, { place, line, signal }), note: null };
      } finally {
        this.#underWay.delete(key);
      }
    });
  }

  probe(signal: AbortSignal): Promise<ProbeReport> {
    return probeS3(
      { client: this.#client, settings: this.#settings, pool: this.#pool, dock: this.#dock },
      signal,
    );
  }

  async remove(warrant: DeletionWarrant, isNeeded: () => Promise<boolean>): Promise<RemovalOutcome> {
    DeletionWarrant.assertGenuine(warrant);
    const key = contentKey(warrant.sha256);
    const { signal } = this.#closing;
    const documents = this.#settings.buckets.ordinary;
    if (await otherDocks(this.#client, { bucket: documents, dock: this.#dock }, signal)) {
      return 'shared-with-other-docks';
    }
    return this.#contents.hold(key, async () => {
      if (await isNeeded()) return 'needed-by-another-clip';
      for (const bucket of this.#buckets()) {
        const isGone = await removeVersions(this.#client, { bucket, key }, signal);
        if (!isGone) return 'not-allowed';
      }
      announceStep('archive.removed', warrant.clipId);
      return 'removed';
    });
  }

  async sweep(sessions: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const kept = [...sessions].map(readSession).filter((session) => session !== null);
    const ids = new Set(kept.map(({ uploadId }) => uploadId));
    // A session without an id was cut off while its upload was begun.
    const begun = new Set(kept.filter(({ uploadId }) => uploadId === null).map(({ key }) => key));
    const oldest = this.#client.now().getTime() - strangerMs;
    for (const bucket of this.#buckets()) {
      const uploads = await listUploads(this.#client, { bucket, prefix: 'clips/' }, signal);
      for (const upload of uploads) {
        const isOwned = ids.has(upload.uploadId) || begun.has(upload.key) || this.#underWay.has(upload.key);
        const isOurs = this.#uploads.has(upload.uploadId) || upload.initiatedAt.getTime() < oldest;
        if (!isOwned && isOurs) await abortUpload(this.#client, upload, signal);
      }
    }
    for (const [uploadId, { key }] of this.#uploads) {
      if (!ids.has(uploadId) && !this.#underWay.has(key)) this.#uploads.delete(uploadId);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new ArchiveRefusal('unreachable', `archive ${this.name} is closed`));
    this.#client.close();
  }

  #buckets(): Set<string> {
    const { ordinary, long } = this.#settings.buckets;
    return new Set([ordinary, long]);
  }

  async #store(
    deposit: ArchiveDeposit,
    act: { place: ObjectPlace; line: DepositLine; signal: AbortSignal },
  ): Promise<Holding> {
    const { line, signal, place } = act;
    const { partBytes, parallelParts, retention } = this.#settings;
    const rule = retention === 'none' ? null : await this.#ruleOf(place.bucket, signal);
    const uploaded = await new ClipUpload(
      {
        client: this.#client,
        pool: this.#pool,
        partBytes,
        parallelParts,
        onUpload: (upload) => this.#uploads.set(upload.uploadId, upload),
      },
      { deposit, ...act },
    ).run();
    const { version } = uploaded;
    const retain: Holding['retain'] =
      rule === null
        ? { mode: 'NONE', until: null, isOnHold: false }
        : await lockVersion(this.#client, version, { rule, retention: deposit.retention, signal });
    announceStep('archive.locked', deposit.clipId);
    const { stored, verified } = await this.#verify(uploaded, deposit, signal);
    announceStep('archive.verified', deposit.clipId);
    if (line.session !== null) await line.keepSession(null);
    const { bucket: root, key, versionId, etag } = version;
    return { object: { root, key, versionId, etag }, stored, retain, verified, log: null };
  }

  async #ruleOf(bucket: string, signal: AbortSignal): Promise<BucketRule> {
    const known = this.#rules.get(bucket);
    if (known !== undefined) return known;
    const rule = await readBucketRule(this.#client, bucket, signal);
    this.#rules.set(bucket, rule);
    return rule;
  }

  async #verify(
    { version, expectedTag }: UploadedClip,
    { content }: ArchiveDeposit,
    signal: AbortSignal,
  ): Promise<Pick<Holding, 'stored' | 'verified'>> {
    const isTagged = expectedTag !== null && version.etag === expectedTag;
    if (this.#settings.verify === 'parts' && isTagged) {
      const stored = { sha256: content.sha256, sizeBytes: version.sizeBytes };
      this.#assertSame(version, stored, content);
      return { stored, verified: { level: 'parts', by: 'gateway', at: this.#client.now().toISOString() } };
    }
    // What was there before is known by reading it only, whatever the settings say.
    const { at, ...stored } = await readBackVersion(this.#client, version, this.#pool, signal);
    this.#assertSame(version, stored, content);
    return { stored, verified: { level: 'readback', by: 'gateway', at: at.toISOString() } };
  }

  #assertSame({ key }: StoredVersion, stored: ContentDigest, content: ContentDigest): void {
    if (stored.sha256 === content.sha256 && stored.sizeBytes === content.sizeBytes) return;
    throw new ArchiveRefusal(
      'holds-other-bytes',
      `archive ${this.name} gives ${stored.sizeBytes} bytes with SHA-256 ${stored.sha256} at ${key}, expected ${content.sizeBytes} bytes with ${content.sha256}`,
    );
  }
}
