import type { S3TargetSettings } from '../target-settings.ts';

/** An object store others wrote, as a test meets it. */
export interface S3Peer {
  /** Path-style. */
  readonly endpoint: string;
  readonly user: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An object store that a test started. */
export interface StartedS3Peer extends S3Peer {
  /** Ends it and leaves nothing of it. */
  stop(): Promise<void>;
}

/** Settings of a target that keeps both classes of retention in one bucket, and believes that it locks. */
export function targetAt(
  { endpoint, user }: S3Peer,
  bucket: string,
  change: Partial<S3TargetSettings> = {},
): S3TargetSettings {
  return {
    kind: 's3',
    name: 'centre',
    encryptTo: [],
    bytesPerSecond: null,
    receiptKeys: [],
    isWormRequired: false,
    endpoint,
    region: 'us-east-1',
    dialect: 'generic',
    buckets: { ordinary: bucket, long: bucket },
    isPathStyle: true,
    ...user,
    sessionToken: null,
    retention: 'compliance',
    verify: 'readback',
    partBytes: 5 * 1024 * 1024,
    parallelParts: 2,
    caFile: null,
    idleTimeoutMs: 20_000,
    ...change,
  };
}
