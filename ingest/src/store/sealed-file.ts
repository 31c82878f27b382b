import { Check, type Static, Type } from '@docket/device-protocol/schema';

/** What a sealed record must say for its clip to be recognised and checked. */
const SealedFile = Type.Object({
  clipId: Type.String(),
  dockingId: Type.Union([Type.String(), Type.Null()]),
  pulledAt: Type.String(),
  verifiedAt: Type.String(),
  original: Type.Object({ pathBase64: Type.String() }),
  media: Type.Object({
    file: Type.String(),
    sizeBytes: Type.Integer(),
    sha256: Type.String(),
    blake3: Type.String(),
    sampleBlake3: Type.String(),
    readBack: Type.Union([Type.Literal('media'), Type.Literal('cache')]),
  }),
  /** Of a segment of a live session. */
  live: Type.Optional(
    Type.Object({
      session: Type.String(),
      sequence: Type.Integer(),
      previousSha256: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});
export type SealedFile = Static<typeof SealedFile>;

/** Reads a `clip.json`; `null` where it is none. */
export function parseSealedFile(text: string): SealedFile | null {
  try {
    const value: unknown = JSON.parse(text);
    return Check(SealedFile, value) ? value : null;
  } catch {
    return null;
  }
}
