/** The seam every driver implements: how the rest of Docket sees any recorder. */

/** What a recorder can do beyond being listed and read. Never assumed: a driver says so for each recorder. */
export type Capability =
  | 'readClock'
  | 'setClock'
  | 'battery'
  | 'capacity'
  | 'hashOnDevice'
  | 'erase'
  | 'modeSwitch'
  | 'writeIdentity'
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
  method: ClockMethod;
}

/** How a clock was read: SMP os datetime, PTP DateTime (0x5011), or a driver that was added as a plugin. */
export type ClockMethod = 'smp-datetime' | 'ptp-datetime' | 'plugin';

/** That a clock was set: the text sent, the host instants (ms since 1970-01-01) before and after the recorder agreed. */
export interface ClockSetting {
  deviceText: string;
  hostBeforeMs: number;
  hostAfterMs: number;
}

/** How a recorder is. What it cannot tell is `null`. */
export interface RecorderStatus {
  /** 0 to 100. */
  batteryPercent: number | null;
  capacityBytes: number | null;
  freeBytes: number | null;
}

/** What an operator has a recorder call itself. `null` leaves a part as it is. Lengths are the recorder's to refuse. */
export interface IdentityToWrite {
  serialNumber: string | null;
  officerNumber: string | null;
  officerName: string | null;
  unitCode: string | null;
  unitName: string | null;
}

/** One firmware image on a recorder, in the words of MCUboot. */
export interface FirmwareImage {
  image: number;
  slot: number;
  version: string;
  /** Lower-case hex, as the recorder names it; `null` where it does not. */
  hash: string | null;
  bootable: boolean;
  /** Will be started at the next reset. */
  pending: boolean;
  confirmed: boolean;
  active: boolean;
}

/** Firmware update over the wire. The rules (who, when, how many) are not the driver's. */
export interface FirmwareAccess {
  list(signal: AbortSignal): Promise<FirmwareImage[]>;
  /** Sends an image; goes on where an earlier sending of the same image stopped. `onProgress` gets bytes held so far. */
  upload(image: Uint8Array, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  /** Has the image with this hash started once at the next reset; not confirmed, it is reverted at the one after. */
  test(hash: string, signal: AbortSignal): Promise<void>;
  /** Keeps the running image. */
  confirm(signal: AbortSignal): Promise<void>;
  /** Restarts the recorder, which then leaves and comes back. */
  reset(signal: AbortSignal): Promise<void>;
}

export type ClipKind = 'video' | 'audio' | 'photo' | 'sidecar';

/** A time as the recorder wrote it: wall-clock text without a zone, or with the zone it named. */
export interface DeviceTime {
  /** `YYYY-MM-DDTHH:mm:ss[.sss]`, with `Z` or `±hh:mm` only where the recorder named a zone. */
  text: string;
  source: 'name' | 'file-time';
  /** IANA zone that the recorder's habit says `text` is in; `null` where nothing says so. */
  assumedZone: string | null;
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
  /** Throws NOT_SUPPORTED without `setClock`, CLOCK_REFUSED. The recorder is given the host's time; the caller has checked that. */
  setClock(signal: AbortSignal): Promise<ClockSetting>;
  /** Battery and room. Never NOT_SUPPORTED: what cannot be told is `null`. */
  readStatus(signal: AbortSignal): Promise<RecorderStatus>;
  /**
   * SHA-256 of the clip as the recorder itself reads it, lower-case hex. Throws NOT_SUPPORTED without
   * `hashOnDevice`, CLIP_MISSING, CLIP_CHANGED, CLIP_READ_FAILED.
   */
  hashOnDevice(clip: ListedClip, signal: AbortSignal): Promise<string>;
  /** Throws NOT_SUPPORTED without `writeIdentity`, IDENTITY_REFUSED where a part is too long or the recorder refuses. */
  writeIdentity(identity: IdentityToWrite, signal: AbortSignal): Promise<void>;
  /**
   * Has a recorder in command mode show its card as a USB volume: it leaves and comes back under the same port path.
   * Throws NOT_SUPPORTED without `modeSwitch`, MODE_SWITCH_REFUSED.
   */
  switchMode(signal: AbortSignal): Promise<void>;
  /** `null` without the capability `firmware`. */
  readonly firmware: FirmwareAccess | null;
  /** Called when nothing is left to erase for now: what was opened for it is closed, and the media read-only again. */
  endRelease?(): Promise<void>;
  /** True while the recorder still answers; used to tell a bad clip from a recorder that went away. */
  isPresent(): Promise<boolean>;
  close(): Promise<void>;
}
