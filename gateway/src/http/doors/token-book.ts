import { createHash, timingSafeEqual } from 'node:crypto';
import type { TokenEntry } from '../../config/index.ts';

/** The tokens that are known, by their hashes only. */
export class TokenBook {
  readonly #entries: readonly { hash: Buffer; entry: TokenEntry }[];

  constructor(entries: readonly TokenEntry[]) {
    this.#entries = entries.map((entry) => ({ hash: Buffer.from(entry.sha256, 'hex'), entry }));
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Looks at every entry whatever it finds, each in constant time. */
  find(token: string): TokenEntry | null {
    const hash = createHash('sha256').update(token, 'utf8').digest();
    let found: TokenEntry | null = null;
    for (const known of this.#entries) {
      if (timingSafeEqual(known.hash, hash)) found = known.entry;
    }
    return found;
  }
}

/** The token of an `Authorization: Bearer` header; `null` where there is no such header. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +([^\s]+) *$/iu.exec(authorization ?? '')?.[1] ?? null;
}
