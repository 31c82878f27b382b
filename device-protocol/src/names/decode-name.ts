/** A name from a recorder, made safe to show; its raw bytes are kept elsewhere and stay the truth. */
export interface DecodedName {
  name: string;
  encoding: 'utf-8' | 'gbk' | 'bytes';
  /** True where a character was escaped or the name could steer a path. */
  unsafe: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** GB 18030 holds GBK whole. Node's `gbk` is not the web's: it takes 0xFF, and puts € where no font has it. */
const gbk = new TextDecoder('gb18030', { fatal: true });

/**
 * Control and format characters (bidi marks and overrides, zero-width and line separators), lone surrogates, and
 * characters for private use, which look as whoever made the font likes.
 */
const unsafeCharacter = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u{fffd}]/gu;

/**
 * Decodes a name as strict UTF-8, else GBK (as Chinese recorders write it), else byte by byte as `\xNN`.
 * Control, direction and invisible characters come out as `\u{…}`, so that what people see is what is there.
 */
export function decodeName(bytes: Uint8Array): DecodedName {
  const { text, encoding } = decodeText(bytes);
  const name = text.replace(unsafeCharacter, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  const steersPath = text === '' || text === '.' || text === '..' || /[/\\]/.test(text);
  return { name, encoding, unsafe: name !== text || steersPath };
}

function decodeText(bytes: Uint8Array): { text: string; encoding: DecodedName['encoding'] } {
  try {
    return { text: utf8.decode(bytes), encoding: 'utf-8' };
  } catch {
    // not UTF-8: try the next encoding
  }
  try {
    return { text: gbk.decode(bytes), encoding: 'gbk' };
  } catch {
    // neither: show the bytes
  }
  const text = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
  return { text, encoding: 'bytes' };
}
