/**
 * How a stretch of a session stands to the originals of the docked recorder.
 *
 * confirmed    an original holds the same coded pictures
 * superseded   an original surely covers the same time in another encoding, and stands in its place
 * live-only    the recorder was listed whole afterwards, and nothing it held can be this: it was lost or deleted
 * docked-only  nothing was received although it was to be, and an original covers it
 * undecided    cannot be said yet, or at all
 */
export type MatchVerdict = 'confirmed' | 'superseded' | 'live-only' | 'docked-only' | 'undecided';

/**
 * Why nothing is said. `not-docked`: no docking since has listed all that the recorder held; `being-compared`: pictures are
 * still to be read; `not-comparable`: pictures of the original cannot be read; `original-not-taken`: a clip of the recorder
 * could not be taken; `original-time-unproven`: an original's time is not known well enough; `original-unsound`: an
 * original's bytes are not what they should be; `live-time-unproven`: that of the live segment is not; `within-doubt`: an
 * original ends or begins about here; `pause-between-files`: shorter than recorders pause between two files.
 */
export type UndecidedReason =
  | 'not-docked'
  | 'being-compared'
  | 'not-comparable'
  | 'original-not-taken'
  | 'original-time-unproven'
  | 'original-unsound'
  | 'live-time-unproven'
  | 'within-doubt'
  | 'pause-between-files';

/** What a verdict rests on. */
export type MatchEvidence =
  | { kind: 'pictures'; pictures: number; laterMs: number; doubtMs: number }
  | { kind: 'times' }
  | { kind: 'place-by-pictures' }
  | { kind: 'listing'; dockingId: string }
  | { kind: 'gap'; gapId: string; cause: string }
  | { kind: 'operation'; operationId: string }
  | { kind: 'reason'; reason: UndecidedReason };

/** A verdict on a stretch of a live segment, in milliseconds from the start of the segment. */
export interface SegmentMatch {
  verdict: Exclude<MatchVerdict, 'docked-only'>;
  fromMs: number;
  toMs: number;
  originalClipId: string | null;
  evidence: MatchEvidence;
}
