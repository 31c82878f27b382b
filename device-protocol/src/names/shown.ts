import { decodeName } from './decode-name.ts';

/** What a stranger wrote, with control and direction characters shown escaped; `null` for nothing. */
export function shown(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : decodeName(Buffer.from(value, 'utf8')).name;
}
