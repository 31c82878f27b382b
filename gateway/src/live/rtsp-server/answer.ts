/** What a request is answered with; CSeq and Session are added where it is sent. */
export interface Answer {
  status: number;
  headers?: readonly (readonly [name: string, value: string])[];
  body?: string;
  /** The connection is closed once the answer is out. */
  isLast?: boolean;
}

export const ok: Answer = { status: 200 };

/** An answer without more to say (RFC 2326 §7.1.1). */
export function refusal(status: number): Answer {
  return { status };
}
