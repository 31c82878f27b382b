/** The seam every driver implements: how the rest of Docket sees any recorder. */

/** What a recorder can do beyond being listed and read. Never assumed: a driver says so for each recorder. */
export type Capability =
  | 'readClock'
  | 'setClock'
  | 'battery'
  | 'hashOnDevice'
  | 'erase'
  | 'modeSwitch'
  | 'firmware';

/** Where an identity was read, from strongest to weakest. */
export type IdentitySource = 'device' | 'identity-file' | 'file-names' | 'none';

/** Who the recorder says it is. Everything here is a claim by a stranger, cleaned of control characters. */
export interface RecorderIdentity {
  /** As read; `null` where the recorder names none. */
  serialNumber: string | null;
  vendor: string | null;
  model: string | null;
  firmware: string | null;
  /** The officer number set on the recorder (at most 6 characters on ZFY_INFO devices). */
  officerNumber: string | null;
  source: IdentitySource;
}

/**
 * One reading of a recorder's clock, bracketed by the host's: the recorder showed `deviceMs` at some moment
 * between `hostBeforeMs` and `hostAfterMs`. All are milliseconds since 1970-01-01; `deviceMs` counts the
 * recorder's own wall clock as if it stood in `assumedZone`.
 */
export interface ClockReading {
  deviceText: string;
  deviceMs: number;
  /** The step in which the recorder shows its time, e.g. 1000 for whole seconds. Shown times are truncated. */
  resolutionMs: number;
  hostBeforeMs: number;
  hostAfterMs: number;
  /** IANA name of the zone taken for a recorder that names none; `null` where the recorder sent an offset. */
  assumedZone: string | null;
  method: 'smp-datetime';
}

export type ClipKind = 'video' | 'audio' | 'photo' | 'sidecar';

/** A time as the recorder wrote it: wall-clock text without a zone, or with the zone it named. */
export interface DeviceTime {
  /** `YYYY-MM-DDTHH:mm:ss[.sss]`, with `Z` or `±hh:mm` only where the recorder named a zone. */
  text: string;
  source: 'name' | 'file-time';
}

/** One clip as found on a recorder, before any byte of it is read. */
export interface ListedClip {
  /** Path on the recorder as raw bytes, `/` between its parts, relative to the volume or media root. */
  pathBytes: Uint8Array;
  /** Last part of the path as text for people: decoded, with control and direction characters shown escaped. */
  name: string;
  nameEncoding: 'utf-8' | 'gbk' | 'bytes';
  kind: ClipKind;
  sizeBytes: number;
  /** File time on the recorder as found (local wall clock on FAT), or `null`. */
  modifiedAt: DeviceTime | null;
  /** Start of recording as the name tells it, or `null` where the name follows no known profile. */
  startedAt: DeviceTime | null;
  /** Marked important on the recorder (重点文件). */
  marked: boolean;
  markedSource: 'name' | 'folder' | 'device' | null;
  /** What the name says of its recorder and officer, `null` where it says nothing. */
  deviceNumberInName: string | null;
  officerNumberInName: string | null;
  /** Set where the entry was found but must be looked at by a person; its bytes are still pulled. */
  concern: ListingConcern | null;
}

/** Why a listed clip needs a person, although it can be pulled. */
export type ListingConcern = 'unsafe-name' | 'unreadable-name' | 'empty-file';

/** Why an entry on the recorder is shown but not opened. */
export type RefusedReason =
  | 'symbolic-link'
  | 'named-pipe'
  | 'device-node'
  | 'socket'
  | 'folder-unreadable'
  | 'folder-too-deep'
  | 'path-too-long'
  | 'entry-unreadable'
  | 'impossible-size';

/** Something on the recorder that is no clip and is never opened, but must be seen by a person. */
export interface RefusedEntry {
  pathBytes: Uint8Array;
  name: string;
  reason: RefusedReason;
}

export type Listing = { type: 'clip'; clip: ListedClip } | { type: 'refused'; entry: RefusedEntry };

/** Reads one clip. A reader is used by one caller at a time and must be closed. */
export interface ClipReader {
  /** Length when opened. */
  readonly sizeBytes: number;
  /** The most to ask for at once: what comes over this wire within a few seconds, so that a stall can be told from slowness. */
  readonly pieceBytes: number;
  /**
   * Fills `into` from `positionBytes`; resolves with the number of bytes read, fewer than asked only at the end,
   * 0 past it. Throws RecorderError CLIP_READ_FAILED, RECORDER_GONE, RECORDER_SILENT.
   */
  read(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number>;
  /** Throws RecorderError CLIP_CHANGED when length or file time differ from those at opening. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** What must be true of the recorder's copy for it to be erased. */
export interface EraseProof {
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/** One recorder in one slot, open. Calls are made one at a time unless a driver says otherwise. */
export interface Recorder {
  readonly driver: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** How many clips may be read at once. */
  readonly parallelReads: number;
  identify(signal: AbortSignal): Promise<RecorderIdentity>;
  /** Takes `count` readings. Throws NOT_SUPPORTED without the capability `readClock`. */
  readClock(count: number, signal: AbortSignal): Promise<ClockReading[]>;
  /** Every entry under the media root, in a stable order. */
  list(signal: AbortSignal): AsyncIterable<Listing>;
  open(clip: ListedClip, signal: AbortSignal): Promise<ClipReader>;
  /**
   * Frees the recorder's copy and makes that durable. The caller holds a receipt; the driver checks again what it
   * can (length and file time on a volume, SHA-256 on a device that hashes). Throws NOT_SUPPORTED, CLIP_CHANGED,
   * CLIP_MISSING, ERASE_REFUSED.
   */
  erase(clip: ListedClip, proof: EraseProof, signal: AbortSignal): Promise<void>;
  /** True while the recorder still answers; used to tell a bad clip from a recorder that went away. */
  isPresent(): Promise<boolean>;
  close(): Promise<void>;
}
