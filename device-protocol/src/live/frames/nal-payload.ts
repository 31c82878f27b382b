/** A picture's bytes at most; one NAL unit may take them all. */
export const maxPictureBytes = 8 * 1024 * 1024;

/** Takes NAL units out of the payloads of packets. */
export interface NalPayload {
  take(payload: Buffer, sink: NalSink): void;
  /** The rest of a fragmented NAL unit will not come: gives out what came of it. */
  abandon(sink: NalSink): void;
  readonly traits: NalTraits;
}

export interface NalSink {
  nal(nal: Buffer): void;
  /** The beginning of a NAL unit whose rest is missing. */
  torn(nal: Buffer): void;
  broken(): void;
  unsupported(): void;
}

/** What a NAL unit is within its picture. */
export interface NalTraits {
  /** Part of a coded picture (VCL). */
  isSlice(nal: Buffer): boolean;
  /** A slice that begins a picture. */
  isFirstSlice(nal: Buffer): boolean;
  /** Decoding can begin with the picture of this slice. */
  isKeySlice(nal: Buffer): boolean;
  /** Nothing of its picture comes before it. */
  isDelimiter(nal: Buffer): boolean;
  /** The parameter set that comes first where a picture has any: only a delimiter comes before it. */
  isFirstSet(nal: Buffer): boolean;
  isRecoveryPoint(nal: Buffer): boolean;
}
