import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Peer } from './s3-peer.ts';

const readsAtOnce = 8;

/**
 * A look into an object store with the SDK of AWS and none of our code: what a court's expert would do who does not
 * trust us.
 */
export class S3Reader {
  readonly #client: S3Client;

  constructor({ endpoint, user }: S3Peer) {
    this.#client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { ...user },
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async makeBucket(bucket: string, change: { hasVersions?: boolean } = {}): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: bucket }));
    if (change.hasVersions !== true) return;
    await this.#client.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  }

  /** Tells a bucket to lock whatever is put into it. */
  async lockBucket(bucket: string, days: number): Promise<void> {
    const Rule = { DefaultRetention: { Mode: 'COMPLIANCE' as const, Days: days } };
    await this.#client.send(
      new PutObjectLockConfigurationCommand({
        Bucket: bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule },
      }),
    );
  }

  /** The bytes of an object, or of one version of it; `null` where it is not there. */
  async read(bucket: string, key: string, versionId: string | null = null): Promise<Buffer | null> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ...named(versionId) }),
      );
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return null;
      throw error;
    }
  }

  /** Keys of every object of a bucket. */
  async keys(bucket: string): Promise<string[]> {
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          ...(after === undefined ? {} : { ContinuationToken: after }),
        }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      after = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (after !== undefined);
    return keys;
  }

  /** Every object of a bucket by its key. */
  async objects(bucket: string): Promise<Map<string, Buffer>> {
    const waiting = await this.keys(bucket);
    const objects = new Map<string, Buffer>();
    const readOn = async () => {
      for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
        const bytes = await this.read(bucket, key);
        if (bytes !== null) objects.set(key, bytes);
      }
    };
    await Promise.all(Array.from({ length: readsAtOnce }, readOn));
    return objects;
  }

  /** Keys of the multipart uploads under way. */
  async uploads(bucket: string): Promise<string[]> {
    const { Uploads, IsTruncated } = await this.#client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket }),
    );
    if (IsTruncated === true) throw new Error('more uploads than a test makes');
    return (Uploads ?? []).map(({ Key = '' }) => Key);
  }

  async beginUpload(bucket: string, key: string): Promise<void> {
    await this.#client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
  }

  /** Writes an object, over what lies there. */
  async write(bucket: string, key: string, bytes: Buffer): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
  }

  /** Deletes an object, or one version of it. Throws where that is refused. */
  async erase(bucket: string, key: string, versionId: string | null = null): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, ...named(versionId) }));
  }

  close(): void {
    this.#client.destroy();
  }
}

const named = (versionId: string | null) => (versionId === null ? {} : { VersionId: versionId });
