/**
 * malformed          it is no signed note, or its text is not of the form it should have
 * not-signed         no key that is trusted signed it
 * signature-invalid  a line claims to be by a trusted key, and is not
 */
export type NoteErrorCode = 'malformed' | 'not-signed' | 'signature-invalid';

/** Why a note, its text or a verifier key is not believed. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
  readonly code: NoteErrorCode;

  constructor(code: NoteErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function isNoteError(error: unknown, code?: NoteErrorCode): error is NoteError {
  return error instanceof NoteError && (code === undefined || error.code === code);
}
