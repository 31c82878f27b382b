import { RecorderError } from '../errors.ts';
import type { IdentityToWrite } from '../recorder.ts';
import { DeviceError } from './device-error.ts';
import type { ResponseOf } from './message.ts';
import { readIdentity, writeIdentity } from './messages/recorder.ts';
import { isProtocolError } from './protocol-error.ts';
import type { SmpSession } from './session.ts';

type Identity = ResponseOf<typeof readIdentity>;

/** Writes what is not `null`, reads it back and resolves with it. Throws RecorderError IDENTITY_REFUSED. */
export async function writeDeviceIdentity(
  session: SmpSession,
  identity: IdentityToWrite,
  signal: AbortSignal,
): Promise<Identity> {
  const parts = {
    serial: identity.serialNumber,
    officer: identity.officerNumber,
    officer_name: identity.officerName,
    unit: identity.unitCode,
    unit_name: identity.unitName,
  };
  const given = Object.entries(parts).filter((part): part is [string, string] => part[1] !== null);
  await session.request(writeIdentity, Object.fromEntries(given), { signal }).catch(refusal);
  const now = await session.request(readIdentity, {}, { signal }).catch(refusal);
  const written = new Map<string, unknown>(Object.entries(now));
  const lost = given.find(([key, value]) => (written.get(key) ?? '') !== value);
  if (lost === undefined) return now;
  throw new RecorderError('IDENTITY_REFUSED', `the recorder did not keep its ${lost[0]}`);
}

function refusal(error: unknown): never {
  // A part that is too long never leaves the host.
  if (!(error instanceof DeviceError) && !isProtocolError(error)) throw error;
  const code = error instanceof DeviceError && error.isNotSupported ? 'NOT_SUPPORTED' : 'IDENTITY_REFUSED';
  throw new RecorderError(code, `the identity was not written: ${error.message}`, { cause: error });
}
