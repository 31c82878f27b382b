import { RecorderError } from '../errors.ts';
import type { VendorSession } from './vendor-session.ts';

/** By key in the table of known models, or `default`. */
export type Passwords = Readonly<Record<string, string>>;

/** Printable ASCII: what a recorder's keys can type. */
const passwordPattern = /^[\x21-\x7e]+$/u;

/**
 * Has the recorder come back as a disk. A password is sent once and never read back; it stands in no message. A recorder that leaves
 * the bus before it says how that went has done it. Throws RecorderError MODE_SWITCH_REFUSED.
 */
export async function enterStorage(
  session: VendorSession,
  password: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const encoded = encodePassword(session, password);
  if (!(await session.hasCard(signal))) throw refused('there is no card in the recorder');
  try {
    await session.enterStorage(encoded, signal);
    const status = await session.readLastStatus(signal);
    if (session.is(status, 'storageEntered') || session.is(status, 'passwordRight')) return;
    throw refused(session.meaningOf(status));
  } catch (error) {
    if (error instanceof RecorderError && error.code === 'RECORDER_GONE') return;
    throw error;
  } finally {
    encoded.fill(0);
  }
}

function encodePassword({ profile }: VendorSession, password: string | undefined): Uint8Array {
  if (password === undefined) throw refused('no password is configured for this model');
  if (!passwordPattern.test(password) || password.length > profile.maxPasswordBytes) {
    throw refused(
      `the configured password is not 1 to ${profile.maxPasswordBytes} printable ASCII characters`,
    );
  }
  return Uint8Array.from(Buffer.from(password, 'ascii'));
}

function refused(why: string): RecorderError {
  return new RecorderError('MODE_SWITCH_REFUSED', `the recorder does not show its card: ${why}`);
}
