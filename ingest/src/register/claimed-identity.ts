import type { RecorderIdentity } from '@docket/device-protocol';
import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { Transaction } from '../index-store/index-database.ts';
import { type RecorderClaim, recorderClaims } from './register-record.ts';

/** Where and how an identity was read. */
export interface ClaimContext {
  dockingId: string;
  slot: string;
  driver: string;
}

const columns: Record<RecorderClaim, string> = {
  serialNumber: 'serial_number',
  vendor: 'vendor',
  model: 'model',
  firmware: 'firmware',
  officerNumber: 'officer_number',
};

/**
 * Takes what a recorder says of itself into the register, each change as a line of its history, and resolves with the
 * recorder's id. A recorder is known by its serial number, whichever driver reads it.
 */
export async function registerClaims(
  transaction: Transaction,
  context: ClaimContext,
  identity: RecorderIdentity,
): Promise<string> {
  const known = await findRecorder(transaction, context.slot, identity.serialNumber);
  const recorderId =
    known === null ? await freeId(transaction, context, identity) : String(known.recorder_id);
  const claims = known === null ? identity : keepUntold(known, identity);
  const now = new Date().toISOString();
  await transaction.run(
    `INSERT INTO recorder (recorder_id, serial_number, vendor, model, firmware, officer_number, driver, identity_source, first_seen_at, last_seen_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (recorder_id) DO UPDATE SET vendor = excluded.vendor, model = excluded.model, firmware = excluded.firmware,
       officer_number = excluded.officer_number, driver = excluded.driver, identity_source = excluded.identity_source, last_seen_at = excluded.last_seen_at`,
    [
      recorderId,
      claims.serialNumber,
      claims.vendor,
      claims.model,
      claims.firmware,
      claims.officerNumber,
      context.driver,
      identity.source,
      now,
      now,
    ],
  );
  // What stands in one slot without a serial number may be another recorder each time: its changes say nothing.
  if (claims.serialNumber !== null) {
    await keepChanges(transaction, recorderId, { dockingId: context.dockingId, at: now }, known, claims);
  }
  return recorderId;
}

/**
 * Gives a registered recorder another serial number, which was just written to it: it stays the same recorder. The
 * caller has made sure that no other recorder has that number.
 */
export async function renumberRecorder(
  transaction: Transaction,
  recorderId: string,
  dockingId: string,
  serialNumber: string,
): Promise<void> {
  const [known] = await transaction.all('SELECT * FROM recorder WHERE recorder_id = ?', [recorderId]);
  if (known === undefined) return;
  await transaction.run('UPDATE recorder SET serial_number = ? WHERE recorder_id = ?', [
    serialNumber,
    recorderId,
  ]);
  const at = new Date().toISOString();
  await keepChanges(transaction, recorderId, { dockingId, at }, known, { ...claimsOf(known), serialNumber });
}

type Claims = Pick<RecorderIdentity, RecorderClaim>;

/** A recorder that names no serial number is known only by the slot it stands in. */
async function findRecorder(
  transaction: Transaction,
  slot: string,
  serialNumber: string | null,
): Promise<SqlRow | null> {
  const [row] =
    serialNumber === null
      ? await transaction.all('SELECT * FROM recorder WHERE recorder_id = ?', [`slot:${slot}`])
      : await transaction.all('SELECT * FROM recorder WHERE serial_number = ?', [serialNumber]);
  return row ?? null;
}

/** The plain id may be that of a recorder which had this serial number until it was given another. */
async function freeId(
  transaction: Transaction,
  { slot, dockingId }: ClaimContext,
  { serialNumber }: RecorderIdentity,
): Promise<string> {
  if (serialNumber === null) return `slot:${slot}`;
  const plain = `sn:${serialNumber}`;
  const [taken] = await transaction.all('SELECT 1 FROM recorder WHERE recorder_id = ?', [plain]);
  return taken === undefined ? plain : `${plain}:${dockingId}`;
}

/**
 * What a driver cannot tell stays as another told it: a volume has no firmware version to show. Only the recorder
 * itself can say that it is bound to nobody.
 */
function keepUntold(known: SqlRow, identity: RecorderIdentity): Claims {
  if (identity.serialNumber === null) return identity;
  const before = claimsOf(known);
  return {
    serialNumber: identity.serialNumber,
    vendor: identity.vendor ?? before.vendor,
    model: identity.model ?? before.model,
    firmware: identity.firmware ?? before.firmware,
    officerNumber:
      identity.source === 'device'
        ? identity.officerNumber
        : (identity.officerNumber ?? before.officerNumber),
  };
}

async function keepChanges(
  transaction: Transaction,
  recorderId: string,
  { dockingId, at }: { dockingId: string; at: string },
  known: SqlRow | null,
  claims: Claims,
): Promise<void> {
  const before = known === null ? null : claimsOf(known);
  for (const claim of recorderClaims) {
    const [from, to] = [before?.[claim] ?? null, claims[claim]];
    if (from === to) continue;
    await transaction.run(
      `INSERT INTO recorder_change (sequence, recorder_id, docking_id, at, claim, value_before, value_after)
       VALUES ((SELECT coalesce(max(sequence) + 1, 0) FROM recorder_change), ?, ?, ?, ?, ?, ?)`,
      [recorderId, dockingId, at, claim, from, to],
    );
  }
}

function claimsOf(row: SqlRow): Claims {
  const text = (claim: RecorderClaim) => textOf(row[columns[claim]]);
  return {
    serialNumber: text('serialNumber'),
    vendor: text('vendor'),
    model: text('model'),
    firmware: text('firmware'),
    officerNumber: text('officerNumber'),
  };
}

function textOf(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
