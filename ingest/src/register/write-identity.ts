import type { IdentityToWrite, RecorderIdentity } from '@docket/device-protocol';
import { notSupported } from '@docket/device-protocol';
import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { RecorderSummary } from '../docking/docking-record.ts';
import type { IdleRecorder } from '../docking/operator-acts.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { registerClaims, renumberRecorder } from './claimed-identity.ts';
import { concernsAbout } from './concerns.ts';
import type { ActGround } from './recorder-ledger.ts';
import { readStanding } from './standing.ts';

/** What a recorder called itself before an identity was written to it, and what it calls itself since. */
export interface WrittenIdentity {
  before: RecorderIdentity;
  after: RecorderIdentity;
}

/**
 * Writes an identity to a docked recorder, reads it back, and keeps both in the custody log: that it was begun, and what
 * the recorder says since. A recorder that is given another serial number stays the same recorder. Throws RecorderError
 * NOT_SUPPORTED, IDENTITY_REFUSED; IngestError SERIAL_NUMBER_TAKEN, RECORDER_ANONYMOUS where it names no serial number
 * and is given one while its clips are kept under the slot it stands in.
 */
export async function writeIdentity(
  services: { database: IndexDatabase; custody: CustodyLog },
  docked: IdleRecorder,
  wanted: IdentityToWrite,
  ground: ActGround,
): Promise<WrittenIdentity> {
  const { recorder, signal, dockingId } = docked;
  if (!recorder.capabilities.has('writeIdentity')) throw notSupported('be given an identity');
  const before = await recorder.identify(signal);
  const actor = `operator:${ground.operator}`;
  const { recorderId } = docked.summary();
  await assertSerialNumberIsFree(services.database, recorderId, before, wanted);
  await services.database.write((transaction) =>
    services.custody.append(transaction, {
      action: 'identity-writing',
      actor,
      dockingId,
      recorderId,
      details: { reason: ground.reason, before: told(before), wanted: { ...wanted } },
    }),
  );
  await recorder.writeIdentity(wanted, signal);
  const after = await recorder.identify(signal);
  await keepIdentity(services, docked, after, {
    actor,
    details: { reason: ground.reason, before: told(before), after: told(after) },
  });
  return { before, after };
}

/** Takes the identity as read back into register and custody log, and shows it. */
async function keepIdentity(
  { database, custody }: { database: IndexDatabase; custody: CustodyLog },
  docked: IdleRecorder,
  after: RecorderIdentity,
  entry: { actor: string; details: { readonly [key: string]: JsonValue } },
): Promise<void> {
  const { dockingId, slot } = docked;
  const { recorderId: idBefore, serialNumber: serialBefore, driver } = docked.summary();
  const { recorderId, concerns } = await database.write(async (transaction) => {
    if (serialBefore !== null && after.serialNumber !== null && after.serialNumber !== serialBefore) {
      await renumberRecorder(transaction, idBefore, dockingId, after.serialNumber);
    }
    const recorderId = await registerClaims(transaction, { dockingId, slot, driver }, after);
    const standing = await readStanding(transaction.all, recorderId);
    const concerns = standing === null ? [] : concernsAbout(standing, after.officerNumber);
    await transaction.run('UPDATE docking SET recorder_id = ?, concerns = ? WHERE docking_id = ?', [
      recorderId,
      JSON.stringify(concerns),
      dockingId,
    ]);
    await custody.append(transaction, { action: 'identity-written', dockingId, recorderId, ...entry });
    return { recorderId, concerns };
  });
  const { source: _source, ...claims } = after;
  docked.onRenamed({ recorderId, ...claims, driver } satisfies RecorderSummary, concerns);
}

async function assertSerialNumberIsFree(
  database: IndexDatabase,
  recorderId: string,
  before: RecorderIdentity,
  { serialNumber }: IdentityToWrite,
): Promise<void> {
  if (serialNumber === null || serialNumber === before.serialNumber) return;
  const [other] = await database.read('SELECT recorder_id FROM recorder WHERE serial_number = ?', [
    serialNumber,
  ]);
  if (other !== undefined && other.recorder_id !== recorderId) {
    throw new IngestError('SERIAL_NUMBER_TAKEN', `${serialNumber} is the serial number of another recorder`);
  }
  if (before.serialNumber !== null) return;
  const [clip] = await database.read('SELECT 1 FROM clip WHERE recorder_id = ? LIMIT 1', [recorderId]);
  if (clip !== undefined) {
    throw new IngestError(
      'RECORDER_ANONYMOUS',
      'clips are kept under the slot of this recorder; a new name would have them taken twice',
    );
  }
}

function told(identity: RecorderIdentity): { readonly [key: string]: JsonValue } {
  return { ...identity };
}
