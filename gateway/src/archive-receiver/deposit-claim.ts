import { type Static, Type } from '@docket/device-protocol/schema';

const hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const clipIdPattern = '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** What a dock asks a receipt for. */
export const depositClaim = Type.Object(
  {
    clip: Type.String({ pattern: clipIdPattern }),
    original: Type.Object({ sha256: hash, sizeBytes: size }, { additionalProperties: false }),
    content: Type.Object(
      { sha256: hash, sizeBytes: size, encryption: Type.Unsafe<'none' | 'age'>({ enum: ['none', 'age'] }) },
      { additionalProperties: false },
    ),
    recordSha256: hash,
    retention: Type.Object(
      {
        class: Type.Unsafe<'ordinary' | 'long'>({ enum: ['ordinary', 'long'] }),
        until: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 40 }),
        isOnHold: Type.Boolean(),
      },
      { additionalProperties: false },
    ),
    /** A canary of a probe: the receiver removes it by itself once nothing keeps it. */
    purpose: Type.Optional(Type.Unsafe<'probe'>({ enum: ['probe'] })),
  },
  { additionalProperties: false },
);
export type DepositClaim = Static<typeof depositClaim>;

/** What the schema cannot say; `null` where it holds. */
export function claimFault({ original, content, retention }: DepositClaim): string | null {
  if (retention.until !== null && Number.isNaN(Date.parse(retention.until)))
    return 'retention.until is no time';
  if (content.encryption === 'age') return null;
  const isSame = original.sha256 === content.sha256 && original.sizeBytes === content.sizeBytes;
  return isSame ? null : 'content that is not encrypted must be the original';
}
