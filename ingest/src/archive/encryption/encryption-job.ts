/** What the encryption worker is told. */
export interface EncryptionJob {
  /** The plain original. */
  file: string;
  sha256: string;
  sizeBytes: number;
  recipients: readonly string[];
  /** A file that does not exist yet; it holds the encryption, flushed, when the worker is done. */
  into: string;
}

/** How it ended. `proof-failed`: what was written does not decrypt to the original. */
export type EncryptionResult =
  | { outcome: 'done'; sha256: string; sizeBytes: number }
  | { outcome: 'clip-damaged' | 'proof-failed' | 'failed'; message: string; errno: string | null };
