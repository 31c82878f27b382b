function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * SHA-256(0x00 ‖ entry), RFC 9162 §2.1.1, worked out by the browser itself from the bytes shown on the screen.
 * `null` where the browser offers no hashing: it does so only on secure origins.
 */
export async function leafHashOf(entry: string): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  const text = new TextEncoder().encode(entry);
  const leaf = new Uint8Array(text.length + 1);
  leaf.set(text, 1);
  return toHex(await globalThis.crypto.subtle.digest('SHA-256', leaf));
}
