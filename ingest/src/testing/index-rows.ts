import { join } from 'node:path';
import type { ListedClip } from '@docket/device-protocol';
import { onTestFinished } from 'vitest';
import { registerClip } from '../clip/clip-index.ts';
import type { ClipState } from '../clip/clip-states.ts';
import { CustodyLog } from '../custody/custody-log.ts';
import { DockingIndex } from '../docking/docking-index.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import { temporaryFolder } from './temporary-folder.ts';

export function listedClip(change: Partial<ListedClip> = {}): ListedClip {
  const name = change.name ?? 'DCAM_CAM001_000001_20260804_100000.mp4';
  return {
    pathBytes: Buffer.from(name),
    name,
    nameEncoding: 'utf-8',
    kind: 'video',
    sizeBytes: 1000,
    modifiedAt: { text: '2026-08-04T10:05:00.000', source: 'file-time', assumedZone: null },
    startedAt: { text: '2026-08-04T10:00:00', source: 'name', assumedZone: null },
    marked: false,
    markedSource: null,
    deviceNumberInName: null,
    officerNumberInName: null,
    concern: null,
    ...change,
  };
}

/** An index with its custody log and one docking of one recorder, closed when the test ends. */
export async function openIndexWithDocking() {
  const database = await IndexDatabase.open(join(await temporaryFolder(), 'index.sqlite'));
  onTestFinished(() => database.close());
  const custody = await CustodyLog.open(database, 'gateway:dock-1');
  const dockings = new DockingIndex(database, custody);
  const dockingId = await dockings.attach('1-1', 'volume');
  const {
    summary: { recorderId },
  } = await dockings.identify(dockingId, '1-1', 'volume', {
    serialNumber: 'CAM001',
    vendor: null,
    model: null,
    firmware: null,
    officerNumber: null,
    source: 'identity-file',
  });
  const context = { recorderId, dockingId, officerNumber: null };
  const addClip = async (change: Partial<ListedClip> = {}): Promise<string> => {
    const listed = listedClip(change);
    return (await database.write((transaction) => registerClip(transaction, custody, context, listed)))
      .clipId;
  };
  /** Puts a clip into a state as if it had come there, past the table of moves. */
  const forceState = (clipId: string, state: ClipState) =>
    database.write((transaction) =>
      transaction.run('UPDATE clip SET state = ? WHERE clip_id = ?', [state, clipId]),
    );
  return { database, custody, dockings, context, addClip, forceState };
}

/** A recorder that was docked once, of this serial number. Resolves with its id. */
export async function knownRecorder(dockings: DockingIndex, serialNumber: string): Promise<string> {
  const dockingId = await dockings.attach('1-1', 'volume');
  const { summary } = await dockings.identify(dockingId, '1-1', 'volume', {
    serialNumber,
    vendor: null,
    model: null,
    firmware: null,
    officerNumber: null,
    source: 'identity-file',
  });
  await dockings.closeAbandoned();
  return summary.recorderId;
}
