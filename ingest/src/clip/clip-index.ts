import type { DeviceTime, ListedClip, RefusedEntry } from '@docket/device-protocol';
import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { moveClip } from './clip-moves.ts';
import { decodePath } from './clip-path.ts';
import { readClip } from './clip-queries.ts';
import type { ClipRecord } from './clip-record.ts';
import type { ClipState } from './clip-states.ts';
import { deviceTimeText } from './device-time.ts';

/** A listed clip with the row that stands for it in the index. */
export interface RegisteredClip {
  clipId: string;
  state: ClipState;
  /** The docking that pulled it, where one has. */
  pulledIn: string | null;
  sampleBlake3: string | null;
  listed: ListedClip;
}

export interface RegistrationContext {
  recorderId: string;
  dockingId: string;
  officerNumber: string | null;
}

/**
 * Finds or makes the row of a clip. The same recorder, path, length and file time is taken for the same clip; the
 * caller still compares a sample of its bytes before it believes so.
 */
export async function registerClip(
  transaction: Transaction,
  custody: CustodyLog,
  context: RegistrationContext,
  listed: ListedClip,
): Promise<RegisteredClip> {
  const [known] = await transaction.all(
    `SELECT clip_id, state, pulled_in, sample_blake3 FROM clip
     WHERE recorder_id = ? AND path_bytes = ? AND size_bytes = ? AND modified_at IS ? AND state != 'released'
     ORDER BY clip_id DESC LIMIT 1`,
    [context.recorderId, listed.pathBytes, listed.sizeBytes, textOf(listed.modifiedAt)],
  );
  if (known !== undefined) return reviveClip(transaction, custody, context, known, listed);
  const [unpulled] = await transaction.all(
    `SELECT clip_id, state, pulled_in, sample_blake3 FROM clip
     WHERE recorder_id = ? AND path_bytes = ? AND sha256 IS NULL AND state IN ('listed', 'unreadable', 'lost')
     AND ${notDockedElsewhere} ORDER BY clip_id DESC LIMIT 1`,
    [context.recorderId, listed.pathBytes, context.dockingId],
  );
  if (unpulled === undefined) return insertClip(transaction, custody, context, listed);
  const revived = await reviveClip(transaction, custody, context, unpulled, listed);
  await relistClip(transaction, custody, revived.clipId, listed, context.officerNumber);
  return revived;
}

/** Takes over length and file time of a clip that grew or was rewritten before any byte of it was ours. */
export async function relistClip(
  transaction: Transaction,
  custody: CustodyLog,
  clipId: string,
  listed: ListedClip,
  officerNumber: string | null,
): Promise<void> {
  const modifiedAt = textOf(listed.modifiedAt);
  await transaction.run(
    'UPDATE clip SET size_bytes = ?, modified_at = ?, kind = ?, name_encoding = ?, marked = ?, marked_source = ?, officer_number = ? WHERE clip_id = ?',
    [
      listed.sizeBytes,
      modifiedAt,
      listed.kind,
      listed.nameEncoding,
      listed.marked,
      listed.markedSource,
      listed.officerNumberInName ?? officerNumber,
      clipId,
    ],
  );
  await custody.append(transaction, {
    action: 'relisted',
    clipId,
    details: { sizeBytes: listed.sizeBytes, modifiedAt },
  });
}

async function reviveClip(
  transaction: Transaction,
  custody: CustodyLog,
  context: RegistrationContext,
  known: SqlRow,
  listed: ListedClip,
): Promise<RegisteredClip> {
  const clipId = String(known.clip_id);
  let state = known.state as ClipState;
  if (state === 'unreadable' || state === 'lost') {
    const quarantine =
      listed.concern === null
        ? null
        : { reason: listed.concern, detail: `as listed on the recorder: ${listed.name}` };
    await moveClip(transaction, custody, { clipId, to: 'listed', quarantine, dockingId: context.dockingId });
    state = 'listed';
  }
  return {
    clipId,
    state,
    pulledIn: known.pulled_in === null ? null : String(known.pulled_in),
    sampleBlake3: known.sample_blake3 === null ? null : String(known.sample_blake3),
    listed,
  };
}

/** Makes a new row in state `listed`, with its custody entry. */
export async function insertClip(
  transaction: Transaction,
  custody: CustodyLog,
  context: RegistrationContext,
  listed: ListedClip,
): Promise<RegisteredClip> {
  const clipId = uuidv7();
  const path = decodePath(listed.pathBytes);
  await transaction.run(
    `INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes,
       modified_at, started_at, marked, marked_source, officer_number, state, quarantine_reason, quarantine_detail, listed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'listed', ?, ?, ?)`,
    [
      clipId,
      context.recorderId,
      context.dockingId,
      listed.pathBytes,
      listed.name,
      path,
      listed.nameEncoding,
      listed.kind,
      listed.sizeBytes,
      textOf(listed.modifiedAt),
      textOf(listed.startedAt),
      listed.marked,
      listed.markedSource,
      listed.officerNumberInName ?? context.officerNumber,
      listed.concern,
      listed.concern === null ? null : `as listed on the recorder: ${path}`,
      new Date().toISOString(),
    ],
  );
  await custody.append(transaction, {
    action: 'listed',
    clipId,
    dockingId: context.dockingId,
    recorderId: context.recorderId,
    details: {
      pathBase64: Buffer.from(listed.pathBytes).toString('base64'),
      sizeBytes: listed.sizeBytes,
      modifiedAt: textOf(listed.modifiedAt),
      ...(listed.concern === null ? {} : { quarantine: listed.concern }),
    },
  });
  return { clipId, state: 'listed', pulledIn: null, sampleBlake3: null, listed };
}

/** Keeps a refused entry (link, pipe, device) in sight: a row that can never be pulled, and why. */
export async function registerRefused(
  transaction: Transaction,
  custody: CustodyLog,
  context: RegistrationContext,
  entry: RefusedEntry,
): Promise<void> {
  const [known] = await transaction.all(
    "SELECT clip_id FROM clip WHERE recorder_id = ? AND path_bytes = ? AND quarantine_reason = ? AND state = 'unreadable'",
    [context.recorderId, entry.pathBytes, entry.reason],
  );
  if (known !== undefined) return;
  const { clipId } = await insertClip(transaction, custody, context, {
    pathBytes: entry.pathBytes,
    name: entry.name,
    nameEncoding: 'utf-8',
    kind: 'sidecar',
    sizeBytes: 0,
    modifiedAt: null,
    startedAt: null,
    marked: false,
    markedSource: null,
    deviceNumberInName: null,
    officerNumberInName: null,
    concern: null,
  });
  await moveClip(transaction, custody, {
    clipId,
    to: 'unreadable',
    dockingId: context.dockingId,
    quarantine: { reason: entry.reason, detail: `not opened: ${decodePath(entry.pathBytes)}` },
  });
}

/**
 * Clips of an identified recorder that were listed once, never pulled, and are not among `present`. None while
 * another recorder of the same name is docked: the clip may be that one's.
 */
export async function moveLostClips(
  database: IndexDatabase,
  custody: CustodyLog,
  context: RegistrationContext,
  present: ReadonlySet<string>,
): Promise<void> {
  const rows = await database.read(
    `SELECT clip_id FROM clip WHERE recorder_id = ? AND sha256 IS NULL
     AND (state = 'listed' OR (state = 'unreadable' AND quarantine_reason IN ('read-error', 'changed-while-read')))
     AND ${notDockedElsewhere}`,
    [context.recorderId, context.dockingId],
  );
  const lost = rows.map((row) => String(row.clip_id)).filter((clipId) => !present.has(clipId));
  for (const clipId of lost) {
    await database.write((transaction) =>
      moveClip(transaction, custody, {
        clipId,
        to: 'lost',
        dockingId: context.dockingId,
        quarantine: {
          reason: 'lost-before-pull',
          detail: 'was on the recorder at an earlier docking, was never pulled, and is gone',
        },
      }),
    );
  }
}

/** SQL: no other docking of the clip's recorder is open. Binds the id of this docking. */
export const notDockedElsewhere = `NOT EXISTS (SELECT 1 FROM docking WHERE docking.recorder_id = clip.recorder_id
  AND docking.state = 'open' AND docking.docking_id != ?)`;

/** Where a clip stands, without the rest of it. */
export async function readClipState(database: IndexDatabase, clipId: string): Promise<ClipState> {
  const [row] = await database.read('SELECT state FROM clip WHERE clip_id = ?', [clipId]);
  if (row === undefined) throw new RangeError(`no clip ${clipId}`);
  return row.state as ClipState;
}

export async function requireClip(database: IndexDatabase, clipId: string): Promise<ClipRecord> {
  const clip = await readClip(database, clipId);
  if (clip === null) throw new RangeError(`no clip ${clipId}`);
  return clip;
}

function textOf(time: DeviceTime | null): string | null {
  return time === null ? null : deviceTimeText(time);
}
