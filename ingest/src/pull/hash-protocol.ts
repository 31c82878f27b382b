/** What the main thread asks of a hash worker. Buffers are shared memory; only positions travel. */
export type HashRequest =
  | { type: 'open'; job: number; digests: DigestChoice; memory: SharedArrayBuffer }
  | { type: 'update'; job: number; request: number; offsetBytes: number; lengthBytes: number }
  | { type: 'finish'; job: number; request: number }
  | { type: 'abandon'; job: number }
  | { type: 'store-small'; request: number; copy: SmallCopy }
  | { type: 'write-record'; request: number; file: RecordFile }
  | { type: 'digest-sample'; request: number; bytes: Uint8Array }
  | {
      type: 'digest-part';
      request: number;
      memory: SharedArrayBuffer;
      offsetBytes: number;
      lengthBytes: number;
    };

/** SHA-256 for the law and the archive; BLAKE3 to compare copies at little cost. */
export type DigestChoice = 'sha256+blake3' | 'blake3' | 'sha256';

/** Lower-case hex; a digest not asked for is empty. */
export interface Digests {
  sha256: string;
  blake3: string;
}

/** A clip that lies whole in shared memory, to be stored by a worker. */
export interface SmallCopy {
  memory: SharedArrayBuffer;
  offsetBytes: number;
  sizeBytes: number;
  destination: string;
}

/** A small file to be laid in a clip's folder. */
export interface RecordFile {
  folder: string;
  name: string;
  content: string;
}

export interface SmallCopyResult extends Digests {
  /** BLAKE3 over samples of the clip (see sample-ranges), to know it again without reading it whole. */
  sampleBlake3: string;
  /** BLAKE3 and length of the file as read back. */
  readBackBlake3: string;
  readBackBytes: number;
  /** Whether the file was read back past the page cache. */
  readBack: 'media' | 'cache';
}

/** Digests object stores check a part by; lower-case hex. */
export interface PartDigests {
  sha256: string;
  md5: string;
}

/** A failure inside a worker. */
export interface HashFailure {
  /** `errno` name where it was the file system's. */
  code: string | undefined;
  message: string;
}

export type HashReply =
  | { request: number; ok: true; value: Digests | SmallCopyResult | PartDigests | string | null }
  | { request: number; ok: false; failure: HashFailure };
