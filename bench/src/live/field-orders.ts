/** Where one stream goes in, and how it comes out. */
export interface StreamUrls {
  push: string;
  out: StreamOutput;
}

/** A viewer asks for it at a URL; or it is pushed to a viewer that waits at a port; or nobody watches it. */
export type StreamOutput = { url: string } | { port: number } | null;

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
