import type { ListedClip, Listing } from '../recorder.ts';
import type { Static } from '../schema.ts';
import type { WireClip, WireListing } from './wire-types.ts';

/** A clip as it crosses: its path, which is bytes, as Base64. */
export function wireClip({ pathBytes, ...clip }: ListedClip): Static<typeof WireClip> {
  return { ...clip, path: Buffer.from(pathBytes).toString('base64') };
}

export function clipOfWire({ path, ...clip }: Static<typeof WireClip>): ListedClip {
  return { ...clip, pathBytes: pathOfWire(path) };
}

export function wireListing(listing: Listing): Static<typeof WireListing> {
  if (listing.type === 'clip') return { type: 'clip', clip: wireClip(listing.clip) };
  const { pathBytes, ...entry } = listing.entry;
  return { type: 'refused', entry: { ...entry, path: Buffer.from(pathBytes).toString('base64') } };
}

export function listingOfWire(listing: Static<typeof WireListing>): Listing {
  if (listing.type === 'clip') return { type: 'clip', clip: clipOfWire(listing.clip) };
  const { path, ...entry } = listing.entry;
  return { type: 'refused', entry: { ...entry, pathBytes: pathOfWire(path) } };
}

function pathOfWire(path: string): Uint8Array {
  return Uint8Array.from(Buffer.from(path, 'base64'));
}
