import { Type, Value } from '@docket/device-protocol/schema';

/** Where an object lies. */
export interface ObjectPlace {
  bucket: string;
  key: string;
}

/** What is remembered of an upload under way; what it has is always asked of the server. */
export interface UploadSession extends ObjectPlace {
  /** `null`: it was about to be begun. Whether it was, the server knows. */
  uploadId: string | null;
  partBytes: number;
}

const sessionSchema = Type.Object({
  bucket: Type.String(),
  key: Type.String(),
  uploadId: Type.Union([Type.String(), Type.Null()]),
  partBytes: Type.Integer({ minimum: 1 }),
});

export function writeSession({ bucket, key, uploadId, partBytes }: UploadSession): string {
  return JSON.stringify({ bucket, key, uploadId, partBytes });
}

/** `null` for what is none of ours, as after a change of the target's kind. */
export function readSession(token: string | null): UploadSession | null {
  if (token === null) return null;
  try {
    return Value.Parse(sessionSchema, JSON.parse(token));
  } catch {
    return null;
  }
}
