/** What every target is told. */
export interface CommonTargetSettings {
  /** Written into receipts; kept once chosen. */
  name: string;
  /** age recipients (`age1…`) the media is encrypted to; empty: it goes as it is. */
  encryptTo: readonly string[];
  /** The most this target is sent in a second; `null`: no limit of its own. */
  bytesPerSecond: number | null;
  /** Verifier keys (C2SP signed note, `name+hash+key`) of receipts the archive signs itself; empty: the gateway signs. */
  receiptKeys: readonly string[];
  /** Whether only a target whose WORM was proven counts for release. */
  isWormRequired: boolean;
}

/** A folder: local, or a mounted share. */
export interface DirectoryTargetSettings extends CommonTargetSettings {
  kind: 'directory';
  path: string;
  /** Makes each object immutable (`chattr +i`); refused where the file system cannot, or we may not. Needs root. */
  isImmutable: boolean;
  /** Whether a deletion warrant removes what lies here, the flag first; `false`: the answer is `not-allowed`. */
  mayRemove: boolean;
}

export const s3Dialects = ['aws', 'ceph', 'oss', 'obs', 'cos', 'generic'] as const;
export type S3Dialect = (typeof s3Dialects)[number];

/** An object store that speaks S3. */
export interface S3TargetSettings extends CommonTargetSettings {
  kind: 's3';
  endpoint: string;
  region: string;
  dialect: S3Dialect;
  /** Bucket of each retention class; they may be the same. */
  buckets: { ordinary: string; long: string };
  /** `true`: the bucket stands in the path, `false`: in the host name; `null`: as the dialect has it. */
  isPathStyle: boolean | null;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | null;
  /** `compliance`: every object is locked and the lock is read back. `none`: the target does not lock. */
  retention: 'compliance' | 'none';
  /** A clip is read back whole to prove it (`readback`), or only asked for (`parts`, never enough for release). */
  verify: 'readback' | 'parts';
  partBytes: number;
  /** Parts under way at once. */
  parallelParts: number;
  /** Certificates trusted beside the system's, PEM. */
  caFile: string | null;
  /** A connection on which nothing moves for so long is given up. */
  idleTimeoutMs: number;
}

/** A receiving service: tus 1.0, a digest at the end, and a signed receipt. */
export interface HttpTargetSettings extends CommonTargetSettings {
  kind: 'http';
  url: string;
  token: string;
  chunkBytes: number;
  caFile: string | null;
  idleTimeoutMs: number;
}

export type TargetSettings = DirectoryTargetSettings | S3TargetSettings | HttpTargetSettings;

/** A folder as an archive, with nothing asked of it but that it keeps what it is given. */
export function directoryTarget(
  name: string,
  path: string,
  change: Partial<DirectoryTargetSettings> = {},
): DirectoryTargetSettings {
  return {
    kind: 'directory',
    name,
    path,
    isImmutable: false,
    mayRemove: true,
    encryptTo: [],
    bytesPerSecond: null,
    receiptKeys: [],
    isWormRequired: false,
    ...change,
  };
}
