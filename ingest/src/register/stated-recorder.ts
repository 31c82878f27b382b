import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { Transaction } from '../index-store/index-database.ts';

/** What a person says of a recorder that was never docked here. */
export interface StatedRecorder {
  /** As the recorder will name it when it is docked. */
  serialNumber: string;
  vendor: string | null;
  model: string | null;
}

/** What stands where a driver is named: none has read it yet. */
export const statedDriver = 'stated';

/**
 * Registers a recorder by its serial number. Nothing of it was read: its identity is `stated` until a driver reads one, and
 * a docking then finds it by that number. Resolves with its id. Throws IngestError SERIAL_NUMBER_TAKEN.
 */
export async function registerStated(
  transaction: Transaction,
  custody: CustodyLog,
  { serialNumber, vendor, model }: StatedRecorder,
  { operator, reason }: { operator: string; reason: string },
): Promise<string> {
  const [known] = await transaction.all('SELECT recorder_id FROM recorder WHERE serial_number = ?', [
    serialNumber,
  ]);
  if (known !== undefined) {
    throw new IngestError(
      'SERIAL_NUMBER_TAKEN',
      `${String(known.recorder_id)} has the serial number ${serialNumber}`,
    );
  }
  const at = new Date().toISOString();
  const recorderId = await freeId(transaction, serialNumber, at);
  await transaction.run(
    `INSERT INTO recorder (recorder_id, serial_number, vendor, model, driver, identity_source, first_seen_at, last_seen_at)
     VALUES (?, ?, ?, ?, ?, 'stated', ?, ?)`,
    [recorderId, serialNumber, vendor, model, statedDriver, at, at],
  );
  await custody.append(transaction, {
    action: 'recorder-registered',
    actor: `operator:${operator}`,
    recorderId,
    details: { serialNumber, vendor, model, reason },
  });
  return recorderId;
}

/** The plain id may be that of a recorder which had this serial number until it was given another. */
async function freeId(transaction: Transaction, serialNumber: string, at: string): Promise<string> {
  const plain = `sn:${serialNumber}`;
  const [taken] = await transaction.all('SELECT 1 FROM recorder WHERE recorder_id = ?', [plain]);
  return taken === undefined ? plain : `${plain}:${at}`;
}
