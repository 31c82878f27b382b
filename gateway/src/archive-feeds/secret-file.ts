import { constants, open } from 'node:fs/promises';

/** Credentials are some kB. */
const mostBytes = 64 * 1024;

/** The bytes of a file that only its owner can read. Throws where others can too; the message names the file alone. */
export async function readSecretFile(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await handle.stat();
    if (!status.isFile() || status.size > mostBytes) throw new Error(`${file} is no file of credentials`);
    if ((status.mode & 0o077) !== 0) {
      throw new Error(`${file} may be read by others; make it readable for its owner alone`);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
