/** Every answer of the receiver that is no success, but for those of tus, which are plain texts. */
export const receiverProblems = {
  'request-invalid': { status: 400, title: 'The request is not well formed' },
  'not-authenticated': { status: 401, title: 'A token is needed' },
  'token-invalid': { status: 401, title: 'The token is not known' },
  'not-yours': { status: 403, title: 'The document belongs to another dock' },
  retained: { status: 403, title: 'The clip is still to be kept' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'not-held': { status: 404, title: 'This content is not here; upload it first' },
  'record-missing': { status: 409, title: 'The record of the clip is not here; put it first' },
  'document-kept': { status: 409, title: 'Another document is kept under this key' },
  'chain-broken': { status: 409, title: 'The index record does not follow the one kept before it' },
  'head-conflict': { status: 409, title: 'The head contradicts one that is kept' },
  'head-not-signed': { status: 409, title: 'The head is not signed by the dock’s key' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  'too-many-uploads': { status: 429, title: 'Too many uploads are under way' },
  'too-many-attempts': { status: 429, title: 'Too many failed attempts; try again later' },
  'content-differs': { status: 460, title: 'What was uploaded is not what its digest says; it is given up' },
  'object-damaged': { status: 500, title: 'What lies here is not what was stored; people must look at it' },
  failed: { status: 500, title: 'The archive failed; its log says why' },
  stopping: { status: 503, title: 'The archive is stopping' },
  full: { status: 507, title: 'The archive has no room' },
  'quota-exceeded': { status: 507, title: 'The dock has used its room' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ReceiverProblemCode = keyof typeof receiverProblems;

/** Thrown to answer with a problem. `detail` is shown to the dock. */
export class ReceiverProblem extends Error {
  override readonly name = 'ReceiverProblem';
  readonly code: ReceiverProblemCode;
  readonly detail: string | undefined;

  constructor(code: ReceiverProblemCode, detail?: string) {
    super(detail ?? receiverProblems[code].title);
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return receiverProblems[this.code].status;
  }

  /** The answer body (RFC 9457). */
  get body(): Record<string, unknown> {
    const { status, title } = receiverProblems[this.code];
    const { code, detail } = this;
    return {
      type: `urn:docket:archive:${code}`,
      title,
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
    };
  }
}

/** A failure of the disk that a full archive shows, as the problem it is; anything else as it is. */
export function asProblem(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? new ReceiverProblem('full') : error;
}
