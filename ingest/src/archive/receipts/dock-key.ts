import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, IngestError } from '../../errors.ts';
import { makeFolder, replaceFile } from '../../store/durable-files.ts';
import type { StoreLayout } from '../../store/store-layout.ts';
import { ed25519Signer } from './ed25519.ts';
import type { NoteSigner } from './note-key.ts';
import { newSm2Key, readSm2KeyPem, type Sm2Key, sm2KeyPem, sm2Signer } from './sm2.ts';

export const dockKeyFile = 'receipt-key.pem';
export const dockSm2KeyFile = 'receipt-key-sm2.pem';
const onlyOwner = 0o600;

/** The name a dock signs receipts under. */
export function dockKeyName(dockName: string): string {
  return `docket/${dockName}`;
}

/** What a dock signs with. The secrets stay in here and in their files. */
export class DockKey {
  readonly #ed25519: KeyObject;
  readonly #sm2: Sm2Key | null;

  private constructor(ed25519: KeyObject, sm2: Sm2Key | null) {
    this.#ed25519 = ed25519;
    this.#sm2 = sm2;
  }

  /**
   * Opens the dock's keys, and makes those that are not there: Ed25519 in `<store>/receipt-key.pem` (PKCS #8), and SM2
   * beside it where it is switched on. Throws IngestError STORE_FAILED where a file is there and is no key.
   */
  static async open(layout: StoreLayout, isSm2On: boolean): Promise<DockKey> {
    const pem = await openKeyFile(layout, dockKeyFile, () =>
      String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
    );
    const ed25519 = readEd25519Pem(pem);
    if (ed25519 === null) throw noKey(layout, dockKeyFile);
    if (!isSm2On) return new DockKey(ed25519, null);
    const sm2 = readSm2KeyPem(await openKeyFile(layout, dockSm2KeyFile, () => sm2KeyPem(newSm2Key())));
    if (sm2 === null) throw noKey(layout, dockSm2KeyFile);
    return new DockKey(ed25519, sm2);
  }

  /** The keys under a name, Ed25519 first. */
  signers(name: string): NoteSigner[] {
    const ed25519 = ed25519Signer(name, this.#ed25519);
    return this.#sm2 === null ? [ed25519] : [ed25519, sm2Signer(name, this.#sm2)];
  }
}

async function openKeyFile(layout: StoreLayout, file: string, make: () => string): Promise<string> {
  const path = join(layout.root, file);
  try {
    const pem = await readFile(path, 'utf8');
    await chmod(path, onlyOwner);
    return pem;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  const pem = make();
  await makeFolder(layout.incoming);
  await replaceFile(path, pem, layout.incoming, onlyOwner);
  return pem;
}

function readEd25519Pem(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function noKey(layout: StoreLayout, file: string): IngestError {
  return new IngestError(
    'STORE_FAILED',
    `${join(layout.root, file)} is there and holds no key; put the right one back, or take it away so that a new one is made`,
  );
}
