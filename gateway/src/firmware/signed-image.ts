import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import {
  hashOfImage,
  ImageFormatError,
  imageTlvTypes,
  type McubootImage,
  parseMcubootImage,
} from '@docket/device-protocol';

/** A key that images may be signed with. */
export interface SigningKey {
  name: string;
  key: KeyObject;
}

/** An image whose hash and signature were checked. */
export interface SignedImage {
  version: string;
  /** By which recorders name it: lower-case hex of the hash it carries. */
  hash: string;
  file: Uint8Array;
  /** Name of the key that signed it. */
  signedBy: string;
}

/** Why an image is not sent to anybody; `message` says what is wrong with it. */
export class UnusableImage extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'UnusableImage';
  }
}

/** Flags of images that are encrypted (`IMAGE_F_ENCRYPTED_AES128`, `IMAGE_F_ENCRYPTED_AES256`). */
const encryptedFlags = 0x04 | 0x08;
/** Larger than the flash of any recorder that takes firmware this way. */
const maxImageBytes = 64 * 1024 * 1024;

/** Reads public keys. Throws UnusableImage where a file is no public key of a kind that is known. */
export function readSigningKeys(files: readonly { name: string; path: string }[]): Promise<SigningKey[]> {
  return Promise.all(
    files.map(async ({ name, path }) => {
      const key = await readKey(path);
      const isKnown =
        key.asymmetricKeyType === 'ed25519' ||
        (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1');
      if (!isKnown) throw new UnusableImage(`${path} is neither an Ed25519 key nor one on P-256`);
      return { name, key };
    }),
  );
}

async function readKey(path: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readFile(path));
  } catch (cause) {
    throw new UnusableImage(`${path} is no public key`, { cause });
  }
}

/** Reads an image file and checks all of it. Throws UnusableImage. */
export async function readSignedImage(path: string, keys: readonly SigningKey[]): Promise<SignedImage> {
  return checkSignedImage(await readImage(path), keys);
}

async function readImage(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > maxImageBytes) throw new UnusableImage(`${path} has ${size} bytes, more than any image`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof UnusableImage) throw cause;
    throw new UnusableImage(`${path} cannot be read`, { cause });
  }
}

/** Checks form, hash and signature of an image. Throws UnusableImage. */
export function checkSignedImage(file: Uint8Array, keys: readonly SigningKey[]): SignedImage {
  const image = parse(file);
  if ((image.flags & encryptedFlags) !== 0)
    throw new UnusableImage('the image is encrypted; it cannot be checked');
  if (image.lengthBytes !== file.length) {
    throw new UnusableImage(`${file.length - image.lengthBytes} bytes follow the image that nobody signed`);
  }
  const carried = hashOfImage(image);
  if (carried === null) throw new UnusableImage('the image carries no SHA-256 of itself');
  if (!createHash('sha256').update(image.hashed).digest().equals(carried)) {
    throw new UnusableImage('the image has another SHA-256 than it carries');
  }
  const signer = signerOf(image, carried, keys);
  if (signer === null) throw new UnusableImage('none of the configured keys has signed the image');
  return { version: image.version, hash: Buffer.from(carried).toString('hex'), file, signedBy: signer.name };
}

function parse(file: Uint8Array): McubootImage {
  try {
    return parseMcubootImage(file);
  } catch (cause) {
    if (cause instanceof ImageFormatError) throw new UnusableImage(cause.message, { cause });
    throw cause;
  }
}

/** The key of the first signature that holds. The key hash in front of a signature names its key, as MCUboot reads it. */
function signerOf(
  { hashed, tlvs }: McubootImage,
  hash: Uint8Array,
  keys: readonly SigningKey[],
): SigningKey | null {
  let named: SigningKey | undefined;
  for (const { type, value, isProtected } of tlvs) {
    if (isProtected) continue;
    if (type === imageTlvTypes.keyHash) named = keys.find(({ key }) => isHashOf(value, key));
    else if (named !== undefined && holds(type, value, named.key, hashed, hash)) return named;
  }
  return null;
}

function isHashOf(keyHash: Uint8Array, key: KeyObject): boolean {
  const own = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
  return own.equals(keyHash);
}

function holds(
  type: number,
  signature: Uint8Array,
  key: KeyObject,
  hashed: Uint8Array,
  hash: Uint8Array,
): boolean {
  const isEd25519 = key.asymmetricKeyType === 'ed25519';
  // Ed25519 signs the hash as a message of its own; ECDSA takes it as the digest of what was hashed.
  if (type === imageTlvTypes.ed25519Signature) return isEd25519 && verify(null, hash, key, signature);
  if (type === imageTlvTypes.ecdsaSignature)
    return !isEd25519 && verify('sha256', hashed, key, unpadded(signature));
  return false;
}

/** Signing tools may fill a DER signature up with zeros to a fixed length. */
function unpadded(signature: Uint8Array): Uint8Array {
  return signature.subarray(0, 2 + (signature[1] ?? 0));
}
