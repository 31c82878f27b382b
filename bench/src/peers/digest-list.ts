import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** Reads a list as `sha256sum` writes it: digest, space, space or star, path. Gives digests by file name. */
export async function parseDigestList(path: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, digest, file] = /^([0-9a-f]{64}) [ *](.+)$/u.exec(line) ?? [];
      if (digest === undefined || file === undefined) throw new Error(`not a line of digests: ${line}`);
      return [basename(file), digest] as const;
    }),
  );
}
