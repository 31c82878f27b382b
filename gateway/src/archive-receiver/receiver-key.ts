import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ed25519Signer, errnoOf, type NoteSigner, replaceFile } from '@docket/ingest';

const keyFile = 'receiver.key';

/** The key the archive signs with, made at its first use: PKCS #8 in PEM, readable by its owner alone. */
export async function receiverSigner(folder: string, name: string): Promise<NoteSigner> {
  const pem = (await readKey(folder)) ?? (await makeKey(folder));
  return ed25519Signer(name, createPrivateKey(pem));
}

async function readKey(folder: string): Promise<string | null> {
  try {
    return await readFile(join(folder, keyFile), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function makeKey(folder: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await replaceFile(join(folder, keyFile), pem, folder, 0o600);
  return String(pem);
}
