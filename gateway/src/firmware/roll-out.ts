import type { RollOutEntry } from '../config/config-schema.ts';
import { readSignedImage, readSigningKeys, type SignedImage, UnusableImage } from './signed-image.ts';

/** A configured roll-out whose image was found good. */
export interface RollOut extends RollOutEntry {
  signed: SignedImage;
}

export interface FirmwareSettings {
  publicKeys: readonly { name: string; path: string }[];
  rollOuts: readonly RollOutEntry[];
}

/**
 * Reads the image of a configured roll-out and checks it against the keys and the version it must have. It is read each
 * time, so that what is sent is what was checked. Throws UnusableImage.
 */
export async function readRollOut(settings: FirmwareSettings, entry: RollOutEntry): Promise<RollOut> {
  const keys = await readSigningKeys(settings.publicKeys);
  const signed = await readSignedImage(entry.image, keys);
  if (signed.version !== entry.version) {
    throw new UnusableImage(`the image is version ${signed.version}, not ${entry.version}`);
  }
  return { ...entry, signed };
}
