/** Where one stream goes in, and where it comes out; `null` where nobody watches it. */
export interface StreamUrls {
  push: string;
  play: string | null;
}

export type FieldOrder =
  | { do: 'begin'; film: string; streams: readonly StreamUrls[] }
  /** Forgets the delays so far. */
  | { do: 'measure' }
  | { do: 'tell' }
  | { do: 'end' };

export interface FieldFigures {
  /** Of each stream. */
  sentPictures: readonly number[];
  mostWaitingBytes: number;
  packets: number;
  packetsLost: number;
  picturesLost: number;
  delaysMs: readonly number[];
}

export interface FieldReport {
  figures: FieldFigures | null;
  error: string | null;
}
