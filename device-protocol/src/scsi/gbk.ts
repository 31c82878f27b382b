/** GBK, as Chinese recorders write it. Node decodes it; its encoder is the decoder read backwards. */

const decoder = new TextDecoder('gb18030', { fatal: true });
const leads = { from: 0x81, to: 0xfe };
const trails = { from: 0x40, to: 0xfe };

let encoding: ReadonlyMap<string, number> | undefined;

/** `null` where a character is not in GBK. */
export function encodeGbk(text: string): Uint8Array | null {
  encoding ??= buildEncoding();
  const found: number[] = [];
  for (const character of text) {
    const ascii = character.codePointAt(0) ?? 0;
    const pair = encoding.get(character);
    if (ascii < 0x80) found.push(ascii);
    else if (pair === undefined) return null;
    else found.push(pair >> 8, pair & 0xff);
  }
  return Uint8Array.from(found);
}

/** `null` where the bytes are not GBK. */
export function decodeGbk(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Every pair of bytes that stands for one character, by that character. */
function buildEncoding(): Map<string, number> {
  const pairs = new Map<string, number>();
  for (let lead = leads.from; lead <= leads.to; lead++) {
    for (let trail = trails.from; trail <= trails.to; trail++) {
      if (trail === 0x7f) continue;
      const character = decodeGbk(Uint8Array.of(lead, trail));
      // Two characters are none: the trail was ASCII after a lead that stands for nothing.
      if (character === null || [...character].length !== 1 || /\p{Co}/u.test(character)) continue;
      if (!pairs.has(character)) pairs.set(character, (lead << 8) | trail);
    }
  }
  return pairs;
}
