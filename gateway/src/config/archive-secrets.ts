import { constants, open } from 'node:fs/promises';
import { errnoOf } from '@docket/ingest';
import { type ConfigFault, showGiven } from './config-fault.ts';
import type { Config } from './config-schema.ts';

const longestSecret = 4_096;

/** Puts secrets that lie in files of their own in their places; a file that cannot be used is a fault. */
export async function readArchiveSecrets({ archive }: Partial<Config>): Promise<ConfigFault[]> {
  if (archive === undefined) return [];
  const faults: ConfigFault[] = [];
  const read = async (path: string, file: string | null): Promise<string | null> => {
    if (file === null) return null;
    const secret = await readSecret(file);
    if (secret === null) {
      const given = showGiven(file, undefined);
      faults.push({ path, source: null, given, allowed: { kind: 'secret-file' } });
    }
    return secret;
  };
  for (const [index, target] of archive.s3.entries()) {
    const secret = await read(`archive.s3[${index}].secretAccessKeyFile`, target.secretAccessKeyFile);
    target.secretAccessKey ??= secret;
  }
  for (const [index, target] of archive.http.entries()) {
    const secret = await read(`archive.http[${index}].tokenFile`, target.tokenFile);
    target.token ??= secret;
  }
  return faults;
}

/** The secret in a file that only its owner can read, without the line end; `null` where it is none. */
async function readSecret(file: string): Promise<string | null> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await handle.stat();
      if (!status.isFile() || (status.mode & 0o077) !== 0 || status.size > longestSecret) return null;
      const secret = (await handle.readFile('utf8')).replace(/\r?\n$/u, '');
      return secret === '' || /\p{Cc}/u.test(secret) ? null : secret;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
}
