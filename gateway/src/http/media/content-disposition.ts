const longestName = 150;

/**
 * `Content-Disposition` for a download (RFC 6266): a plain name for old clients, the UTF-8 one beside it. The name
 * comes from a recorder; what could name a folder, hide its ending or break the header is replaced, and the ending
 * always says what the bytes are.
 */
export function attachment(name: string, extension: string): string {
  const safe = safeName(name, extension);
  const plain = safe.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function safeName(name: string, extension: string): string {
  const cleaned = name
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/gu, '_');
  const short = [...cleaned].slice(0, longestName).join('') || '_';
  return short.toLowerCase().endsWith(`.${extension}`) ? short : `${short}.${extension}`;
}
