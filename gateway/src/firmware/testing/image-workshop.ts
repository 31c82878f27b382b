import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../../src/firmware/testing/sign_image.py', import.meta.url));

export type KeyKind = 'ed25519' | 'p256';

/** Makes keys and signed images with OpenSSL and a script that shares no code with Docket. */
export class ImageWorkshop {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<ImageWorkshop> {
    return new ImageWorkshop(await mkdtemp(join(tmpdir(), 'firmware-')));
  }

  /** Makes a key pair; resolves with the path of the public key. */
  async key(name: string, kind: KeyKind): Promise<{ name: string; path: string }> {
    const secret = join(this.folder, `${name}.key`);
    const path = join(this.folder, `${name}.pem`);
    const curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    await run('openssl', [
      'genpkey',
      ...(kind === 'ed25519' ? ['-algorithm', 'ED25519'] : curve),
      '-out',
      secret,
    ]);
    await run('openssl', ['pkey', '-in', secret, '-pubout', '-out', path]);
    return { name, path };
  }

  /** Makes an image signed by the key of that name; `version` is `major.minor.revision+build`. */
  async image(version: string, bodyBytes: number, keyName: string, ...more: string[]): Promise<string> {
    const path = join(this.folder, `${keyName}-${version}-${bodyBytes}${more.join('')}.bin`);
    await run('python3', [
      script,
      path,
      version,
      String(bodyBytes),
      join(this.folder, `${keyName}.key`),
      ...more,
    ]);
    return path;
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
