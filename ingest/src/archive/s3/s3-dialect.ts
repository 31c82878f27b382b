import type { S3Dialect } from '../target-settings.ts';

/** How a store that speaks S3 differs from the others, as far as an archive notices. */
export interface DialectHabits {
  /** The bucket stands in the path, where the settings do not say otherwise. */
  isPathStyle: boolean;
  /**
   * How footage is locked. `object`: each version carries its own retention, above the bucket's default. `bucket`: the
   * rule of the bucket counts, from the day an object was stored. `native`: so too, by a call of the maker's own.
   */
  lock: 'object' | 'bucket' | 'native';
  /** An object under a legal hold can be told so. */
  hasLegalHold: boolean;
  /** Objects have versions, and a deletion can name one. */
  hasVersions: boolean;
}

/**
 * `aws` and `ceph` as tried or documented by S3 itself; Ceph drops lock headers of a multipart upload, which is why none are
 * sent to anybody. `oss`: virtual hosts only; WORM is its own `?worm`, for the whole bucket, and excludes versions. `obs`: locks
 * buckets and objects. `cos`: a rule of the bucket, no retention of one object. `generic` assumes what S3 says, and nothing by heart.
 */
export const dialectHabits: Readonly<Record<S3Dialect, DialectHabits>> = {
  aws: { isPathStyle: false, lock: 'object', hasLegalHold: true, hasVersions: true },
  ceph: { isPathStyle: true, lock: 'object', hasLegalHold: true, hasVersions: true },
  oss: { isPathStyle: false, lock: 'native', hasLegalHold: false, hasVersions: false },
  obs: { isPathStyle: false, lock: 'object', hasLegalHold: false, hasVersions: true },
  cos: { isPathStyle: false, lock: 'bucket', hasLegalHold: false, hasVersions: true },
  generic: { isPathStyle: true, lock: 'object', hasLegalHold: true, hasVersions: true },
};
