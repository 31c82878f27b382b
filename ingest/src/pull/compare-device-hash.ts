import type { RegisteredClip } from '../clip/clip-index.ts';
import type { Quarantine } from '../clip/quarantine.ts';
import type { TakingContext } from './taking.ts';

/**
 * Has the recorder hash a clip over its own way to the card, and compares that with what came over the wire. Resolves
 * with the reason to look at the clip where the two differ: the wire or the card is bad. `null` where they are the same,
 * or the recorder could not say: the copy is what was read, and does not wait for more.
 */
export async function compareDeviceHash(
  { recorder, signal }: TakingContext,
  { listed }: RegisteredClip,
  sha256: string,
): Promise<Quarantine | null> {
  if (!recorder.capabilities.has('hashOnDevice')) return null;
  let onDevice: string;
  try {
    onDevice = await recorder.hashOnDevice(listed, signal);
  } catch {
    // Whatever it is, what comes next of the recorder meets it too.
    return null;
  }
  if (onDevice === sha256) return null;
  return {
    reason: 'device-hash-differs',
    detail: `the recorder says ${onDevice}, its bytes came as ${sha256}`,
  };
}
