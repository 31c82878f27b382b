/** A part that file management can carry as text and every file system takes as it stands. */
const plainPart = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\:/]+$/u;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text by which file management names a clip: `root/path` for a plain path, else `root/:` and the path's bytes
 * in lower-case hex. Paths are bytes and may be GBK, while SMP file names are UTF-8 text; `:` occurs in no FAT name.
 */
export function fileNameOfClip(root: string, pathBytes: Uint8Array): string {
  const path = plainPath(pathBytes);
  return `${root}/${path ?? `:${Buffer.from(pathBytes).toString('hex')}`}`;
}

/** The path of a clip from its file management name; `null` where it names no clip. */
export function clipPathOfFileName(root: string, name: string): Uint8Array | null {
  if (!name.startsWith(`${root}/`)) return null;
  const rest = name.slice(root.length + 1);
  if (!rest.startsWith(':')) return Buffer.from(rest, 'utf8');
  return /^:(?:[0-9a-f]{2})+$/u.test(rest) ? Buffer.from(rest.slice(1), 'hex') : null;
}

function plainPath(pathBytes: Uint8Array): string | null {
  let path: string;
  try {
    path = utf8.decode(pathBytes);
  } catch {
    return null;
  }
  const isPlain = path.split('/').every((part) => part !== '.' && part !== '..' && plainPart.test(part));
  return isPlain ? path : null;
}
