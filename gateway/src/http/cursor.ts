import { HttpProblem } from './problem.ts';

/** Makes a page position opaque. `list` keeps the cursor of one list from being used on another. */
export function encodeCursor(list: string, position: string | number | null): string | null {
  return position === null ? null : Buffer.from(`${list} ${position}`).toString('base64url');
}

/** Reads a cursor of `list`. Throws HttpProblem `cursor-invalid`. */
export function decodeCursor(list: string, cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [given, position, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (given !== list || position === undefined || position === '' || rest.length > 0) {
    throw new HttpProblem('cursor-invalid');
  }
  return position;
}

/** Reads a cursor whose position is a whole number. Throws HttpProblem `cursor-invalid`. */
export function decodeNumberCursor(list: string, cursor: string | undefined): number | null {
  const position = decodeCursor(list, cursor);
  if (position === null) return null;
  if (!/^\d{1,15}$/u.test(position)) throw new HttpProblem('cursor-invalid');
  return Number(position);
}
