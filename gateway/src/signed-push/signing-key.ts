import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '@docket/ingest';
import type { DisclosureKey } from '../contract/index.ts';

/** The Ed25519 key (RFC 8032) that what is told to others is signed with. */
export interface SigningKey {
  privateKey: KeyObject;
  /** JWK thumbprint (RFC 7638), base64url: names the key in every signature. */
  keyId: string;
  /** What receivers need. */
  told: DisclosureKey;
}

/** The key file can be read by others, or holds no Ed25519 key. */
export class SigningKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SigningKeyError';
  }
}

/**
 * The key in the file, in PEM; made there at the first use, for its owner alone (mode 0600). Throws SigningKeyError where
 * others may read it or it is another kind of key.
 */
export async function openSigningKey(file: string): Promise<SigningKey> {
  return (await readKey(file)) ?? (await makeKey(file)) ?? (await mustRead(file));
}

async function readKey(file: string): Promise<SigningKey | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0)
      throw new SigningKeyError(`${file} may be read by others; make it readable for its owner alone`);
    return keyOf(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}

/** `null` where another process made it in the meantime. */
async function makeKey(file: string): Promise<SigningKey | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return null;
    throw error;
  }
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  try {
    await handle.writeFile(pem);
    await handle.sync();
  } finally {
    await handle.close();
  }
  const folder = await open(dirname(file), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return keyOf(pem, file);
}

async function mustRead(file: string): Promise<SigningKey> {
  const key = await readKey(file);
  if (key === null) throw new SigningKeyError(`${file} comes and goes`);
  return key;
}

function keyOf(pem: string, file: string): SigningKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    throw new SigningKeyError(`${file} holds no private key`);
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new SigningKeyError(`${file} holds no Ed25519 key`);
  const publicKey = createPublicKey(privateKey);
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const jwk = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const keyId = thumbprint(x);
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, keyId, told: { keyId, algorithm: 'ed25519', publicKeyPem, jwk } };
}

/** RFC 7638 §3 with RFC 8037 Appendix A.3: the members that matter, in order, without spaces. */
function thumbprint(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}
