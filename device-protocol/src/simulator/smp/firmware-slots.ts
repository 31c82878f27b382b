import { createHash } from 'node:crypto';
import {
  hashOfImage,
  ImageFormatError,
  parseMcubootImage,
  plainVersion,
} from '../../firmware/mcuboot-image.ts';

/** An image as it lies in a slot. */
interface HeldImage {
  version: string;
  /** Lower-case hex. */
  hash: string;
}

/** What of the two slots outlives the power. */
export interface StoredSlots {
  primary: HeldImage;
  secondary: HeldImage | null;
  /** What the boot loader is to do with the secondary slot at the next start. */
  pending: 'nothing' | 'test' | 'keep';
  /** Whether the running image stays at the next start. */
  confirmed: boolean;
}

/** An upload under way; it is kept in memory only. */
interface Upload {
  sha: string | null;
  bytes: Uint8Array;
  filled: number;
}

export type UploadVerdict =
  | { off: number; match?: boolean }
  | { refused: 'no-header' | 'bad-magic' | 'too-large' | 'overrun' | 'pending' };

/** Two slots and a boot loader that swaps them, as MCUboot does ("Boot Swap Types" in its design document). */
export class FirmwareSlots {
  readonly #slotBytes: number;
  readonly #boots: boolean;
  #stored: StoredSlots;
  #upload: Upload | null = null;

  /** `boots` false: every new image is found bad at the start, and the old one runs on. */
  constructor(stored: StoredSlots, slotBytes: number, boots: boolean) {
    this.#stored = stored;
    this.#slotBytes = slotBytes;
    this.#boots = boots;
  }

  get stored(): StoredSlots {
    return this.#stored;
  }

  get running(): HeldImage {
    return this.#stored.primary;
  }

  /** Starts anew: a wanted image is swapped in, one that was started and not confirmed is swapped back. */
  boot(): void {
    this.#upload = null;
    const { primary, secondary, pending, confirmed } = this.#stored;
    if (pending !== 'nothing' && secondary !== null && !this.#boots) {
      this.#stored = { primary, secondary: null, pending: 'nothing', confirmed };
    } else if (pending !== 'nothing' && secondary !== null) {
      this.#stored = {
        primary: secondary,
        secondary: primary,
        pending: 'nothing',
        confirmed: pending === 'keep',
      };
    } else if (!confirmed && secondary !== null) {
      this.#stored = { primary: secondary, secondary: primary, pending: 'nothing', confirmed: true };
    }
  }

  list(): Record<string, unknown>[] {
    const { primary, secondary, pending, confirmed } = this.#stored;
    const first = { slot: 0, ...shownImage(primary), bootable: true, active: true, confirmed };
    if (secondary === null) return [first];
    const isPending = pending !== 'nothing';
    return [
      first,
      {
        slot: 1,
        ...shownImage(secondary),
        bootable: true,
        pending: isPending,
        permanent: pending === 'keep',
        // Not confirmed, the running image goes back for the one it replaced.
        confirmed: !confirmed,
      },
    ];
  }

  /** Takes a piece of an upload; what it says is where the next one begins. */
  take(piece: { off: number; len?: number; sha?: Uint8Array; data: Uint8Array }): UploadVerdict {
    if (piece.off === 0) {
      const begun = this.#begin(piece);
      if (begun !== null) return begun;
    }
    const upload = this.#upload;
    // After a restart nothing is known of an upload: it begins anew.
    if (upload === null) return { off: 0 };
    if (piece.off !== upload.filled) return { off: upload.filled };
    if (piece.data.length > upload.bytes.length - upload.filled) return { refused: 'overrun' };
    upload.bytes.set(piece.data, upload.filled);
    upload.filled += piece.data.length;
    if (upload.filled < upload.bytes.length) return { off: upload.filled };
    return this.#finish(upload);
  }

  #begin(piece: { len?: number; sha?: Uint8Array; data: Uint8Array }): UploadVerdict | null {
    const sha = piece.sha === undefined ? null : Buffer.from(piece.sha).toString('hex');
    if (this.#upload !== null && sha !== null && this.#upload.sha === sha)
      return { off: this.#upload.filled };
    if (this.#stored.pending !== 'nothing') return { refused: 'pending' };
    if (piece.len === undefined || piece.data.length < 32) return { refused: 'no-header' };
    if (Buffer.from(piece.data).readUInt32LE(0) !== 0x96f3b83d) return { refused: 'bad-magic' };
    if (piece.len > this.#slotBytes) return { refused: 'too-large' };
    this.#stored = { ...this.#stored, secondary: null };
    this.#upload = { sha, bytes: new Uint8Array(piece.len), filled: 0 };
    return null;
  }

  #finish({ sha, bytes }: Upload): UploadVerdict {
    this.#upload = null;
    const image = imageOf(bytes);
    this.#stored = { ...this.#stored, secondary: image };
    const match = sha === null || createHash('sha256').update(bytes).digest('hex') === sha;
    return { off: bytes.length, match };
  }

  /** Has the image with this hash started at the next reset; `false` where there is none, or it runs already. */
  test(hash: string): 'done' | 'unknown' | 'active' {
    if (hash === this.#stored.primary.hash) return 'active';
    if (this.#stored.secondary?.hash !== hash) return 'unknown';
    this.#stored = { ...this.#stored, pending: 'test' };
    return 'done';
  }

  /** Keeps the running image, or with a hash the one to be started. */
  confirm(hash: string | null): 'done' | 'unknown' {
    if (hash === null || hash === this.#stored.primary.hash) {
      this.#stored = { ...this.#stored, confirmed: true };
      return 'done';
    }
    if (this.#stored.secondary?.hash !== hash) return 'unknown';
    this.#stored = { ...this.#stored, pending: 'keep' };
    return 'done';
  }

  /** `false` where the slot runs or is to run next. */
  erase(slot: number): boolean {
    if (slot !== 1 || this.#stored.pending !== 'nothing' || !this.#stored.confirmed) return false;
    this.#upload = null;
    this.#stored = { ...this.#stored, secondary: null };
    return true;
  }
}

/** What the recorder runs when it leaves the factory. */
export function factorySlots(version: string): StoredSlots {
  const hash = createHash('sha256').update(`factory ${version}`).digest('hex');
  return { primary: { version, hash }, secondary: null, pending: 'nothing', confirmed: true };
}

function imageOf(bytes: Uint8Array): HeldImage | null {
  try {
    const image = parseMcubootImage(bytes);
    const hash = hashOfImage(image);
    return hash === null ? null : { version: image.version, hash: Buffer.from(hash).toString('hex') };
  } catch (error) {
    if (error instanceof ImageFormatError) return null;
    throw error;
  }
}

/** Recorders write the build number after a dot. */
function shownImage({ version, hash }: HeldImage): { version: string; hash: Uint8Array } {
  return { version: (plainVersion(version) ?? version).replace('+', '.'), hash: Buffer.from(hash, 'hex') };
}
