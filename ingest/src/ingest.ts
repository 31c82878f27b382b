import { mkdir } from 'node:fs/promises';
import type { Attachment, IdentityToWrite, RecorderDriver } from '@docket/device-protocol';
import { Archive, type ArchiveOptions } from './archive/archive.ts';
import { usualForwarding } from './archive/forwarding/forwarding-policy.ts';
import { CaseWork, type CaseWorkOptions } from './case-work.ts';
import { CustodyLog } from './custody/custody-log.ts';
import type { DisclosurePolicy } from './disclosure/disclosure.ts';
import { DockingIndex } from './docking/docking-index.ts';
import type { DockingIssue } from './docking/docking-record.ts';
import { OperatorActs } from './docking/operator-acts.ts';
import type { RecorderCare } from './docking/recorder-care.ts';
import { type DockingServices, type DockingStatus, runDocking } from './docking/run-docking.ts';
import { IndexDatabase } from './index-store/index-database.ts';
import type { LiveRecorder } from './live/live-recording.ts';
import { LiveSources } from './live/live-sources.ts';
import { PictureComparisons } from './live/reconcile/picture-comparisons.ts';
import type { RecordingSettings } from './live/recording/session-recording.ts';
import { StoredLiveRecorder } from './live/recording/stored-live-recorder.ts';
import type { MappingPolicy } from './mapping/link-evidence.ts';
import { ClipLocks } from './pull/clip-locks.ts';
import { HashPool } from './pull/hash-pool.ts';
import type { ReckonerOptions } from './reckoning/reckoner.ts';
import { type Recovery, recoverStore } from './recover.ts';
import { type ActGround, RecorderLedger } from './register/recorder-ledger.ts';
import { type WrittenIdentity, writeIdentity } from './register/write-identity.ts';
import type { ReleasePolicy, ReleaseRule } from './release/release-policy.ts';
import { ClipEraser } from './retention/clip-eraser.ts';
import { leastMonths } from './retention/retention.ts';
import { LocalCopies } from './store/local-copies.ts';
import { type Room, RoomKeeper, roomAt } from './store/room.ts';
import { StoreLayout } from './store/store-layout.ts';
import { bytesToRegain, type StoreSpacePolicy } from './store/store-space.ts';
import { type ClipTimePolicy, ClipTimes } from './time/clip-times.ts';
import { ClockIndex } from './time/clock-index.ts';
import type { ClockPolicy } from './time/docking-clock.ts';
import { isSynchronised } from './time/host-clock/host-clock.ts';
import { type HostClockOptions, HostClockReader } from './time/host-clock/host-clock-reader.ts';

export interface IngestOptions {
  dockName: string;
  storeDirectory: string;
  /** How the store keeps room for what comes. */
  space: StoreSpacePolicy;
  hashWorkers: number;
  stallTimeoutMs: number;
  compareDeviceHash: boolean;
  clock: { host: HostClockOptions; policy: ClockPolicy; clips: ClipTimePolicy };
  archive: ArchiveOptions;
  releasePolicy: ReleasePolicy;
  /** Makes what cares for recorders beside their clips, on the opened index. */
  careFor?(store: { database: IndexDatabase; custody: CustodyLog }): RecorderCare;
  /** Told of every clip whose state may have changed, by id. */
  onClip(clipId: string): void;
  onStatus(status: DockingStatus): void;
  onForwardError(error: unknown, clipId: string | null): void;
  onReckonError: ReckonerOptions['onError'];
  /** What the public is told, and by which ways. */
  disclosure?: DisclosurePolicy;
  onDeletionError(error: unknown, clipId: string | null): void;
  /** Of local copies that could not leave; where it is not given, told as a deletion that failed. */
  onLocalCopyError?(error: unknown, clipId: string | null): void;
  /** Whether photos and videos are searched for codes at all; local copies wait for it. By default they are. */
  readsCodes?: boolean;
  /** How cases are worked on, where the usual way is not wanted. */
  caseWork?: Omit<CaseWorkOptions, 'database' | 'custody' | 'onReckonError' | 'zone'>;
  mapping?: MappingPolicy;
  /** How live streams are recorded, where the usual way is not wanted. */
  live?: Partial<RecordingSettings>;
  /** How duties are judged. */
  coverage?: CaseWorkOptions['coverage'];
}

const usualRecording: RecordingSettings = { segmentSeconds: 300, assumedDelayMs: 3000 };

/** Everything between a recorder and the archive, opened as one. */
export class Ingest {
  readonly database: IndexDatabase;
  readonly custody: CustodyLog;
  readonly layout: StoreLayout;
  readonly archive: Archive;
  /** Lets the store's own copies of archived clips go. */
  readonly localCopies: LocalCopies;
  /** Carries out deletions that were approved. */
  readonly eraser: ClipEraser;
  /** Who has which recorder. */
  readonly ledger: RecorderLedger;
  /** Hands acts of operators to recorders that stand docked and idle. */
  readonly acts: OperatorActs;
  readonly hostClock: HostClockReader;
  readonly clipTimes: ClipTimes;
  /** Which pictures of live segments and originals wait to be compared. */
  readonly comparisons: PictureComparisons;
  readonly caseWork: CaseWork;
  /** How registered recorders send live. */
  readonly liveSources: LiveSources;
  /** Records live streams. Every recording must have ended before the index is closed. */
  readonly live: LiveRecorder;
  /** By what it is decided whether a copy may go. */
  readonly releaseRule: ReleaseRule;
  /** What was found and mended at the start. */
  readonly recovery: Recovery;
  readonly #services: DockingServices;

  private constructor(
    services: DockingServices,
    parts: Pick<
      Ingest,
      'archive' | 'localCopies' | 'eraser' | 'recovery' | 'caseWork' | 'liveSources' | 'live'
    >,
  ) {
    this.#services = services;
    this.database = services.database;
    this.hostClock = services.hostClock;
    this.clipTimes = services.clipTimes;
    this.comparisons = new PictureComparisons(services.database, services.clipTimes);
    this.custody = services.custody;
    this.layout = services.layout;
    this.releaseRule = services.releaseRule;
    this.ledger = services.ledger;
    this.acts = services.acts;
    this.archive = parts.archive;
    this.localCopies = parts.localCopies;
    this.eraser = parts.eraser;
    this.recovery = parts.recovery;
    this.caseWork = parts.caseWork;
    this.liveSources = parts.liveSources;
    this.live = parts.live;
  }

  /** Opens the store and brings it in order after whatever ended the last run. Throws IngestError INDEX_FAILED. */
  static async open(options: IngestOptions): Promise<Ingest> {
    const layout = new StoreLayout(options.storeDirectory);
    await mkdir(layout.root, { recursive: true, mode: 0o750 });
    const database = await IndexDatabase.open(layout.indexFile);
    const pool = new HashPool(options.hashWorkers);
    try {
      const custody = await CustodyLog.open(database, `gateway:${options.dockName}`);
      const dockings = new DockingIndex(database, custody);
      await dockings.closeAbandoned();
      const clipTimes = new ClipTimes(database, custody, options.clock.clips);
      const base = { clipTimes, database, custody, layout, pool, dockName: options.dockName };
      const hostClock = new HostClockReader(options.clock.host);
      const recording = { ...usualRecording, ...options.live };
      const recovery = await recoverStore({ ...base, hostClock, assumedDelayMs: recording.assumedDelayMs });
      const archive = await Archive.open(
        {
          ...base,
          onError: options.onForwardError,
          isRoomShort: async () => bytesToRegain(await roomAt(layout.root), options.space) > 0,
        },
        options.archive,
      );
      const { forwarder } = archive;
      const isClockSure = async () => isSynchronised(await hostClock.read(new AbortController().signal));
      const caseWork = new CaseWork({
        database,
        custody,
        onReckonError: options.onReckonError,
        zone: options.clock.clips.assumedZone,
        ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
        ...(options.disclosure === undefined ? {} : { disclosure: options.disclosure }),
        ...options.caseWork,
        retention: {
          isClockSure,
          ...options.caseWork?.retention,
        },
        ...(options.coverage === undefined ? {} : { coverage: options.coverage }),
        reckonedLast: [forwarder.reckoning],
      });
      const eraser = new ClipEraser({
        ...base,
        targets: archive.targets,
        ground: () => caseWork.retention.ground(),
        onDeleted: options.onClip,
        onError: options.onDeletionError,
      });
      caseWork.retention.deletions.onApproved(() => eraser.wake());
      const { leastRetention } = { ...usualForwarding, ...options.archive.forwarding };
      const services: DockingServices = {
        ...base,
        dockings,
        ledger: new RecorderLedger(database, custody),
        acts: new OperatorActs(),
        care: options.careFor?.({ database, custody }) ?? null,
        room: new RoomKeeper(layout.root, options.space.reserveBytes),
        locks: new ClipLocks(),
        stallTimeoutMs: options.stallTimeoutMs,
        compareDeviceHash: options.compareDeviceHash,
        clocks: new ClockIndex(database, custody),
        hostClock,
        clockPolicy: options.clock.policy,
        releaseRule: {
          ...archive.receipts.terms,
          policy: options.releasePolicy,
          targets: options.archive.targets,
          keys: archive.receipts.keys,
          lockedMonths: Math.max(leastMonths, leastRetention.ordinaryMonths),
        },
        onReceipted: (listener) => forwarder.onReceipted(listener),
        onSealed: (clipId) => {
          forwarder.wake();
          caseWork.reckoner.wake();
          options.onClip(clipId);
        },
        onStatus: (status) => {
          if (status.issue?.code === 'store-full') localCopies.wake();
          options.onStatus(status);
        },
      };
      const localCopies = new LocalCopies({
        ...base,
        policy: options.space,
        rule: services.releaseRule,
        readsCodes: options.readsCodes ?? true,
        room: () => roomAt(layout.root),
        isClockSure: options.caseWork?.retention?.isClockSure ?? isClockSure,
        onLeft: options.onClip,
        onError: options.onLocalCopyError ?? options.onDeletionError,
      });
      forwarder.onReceipted(options.onClip);
      const liveSources = await LiveSources.open(database, custody, layout);
      const live = new StoredLiveRecorder(
        {
          ...services,
          alarms: caseWork.liveAlarms,
          now: () => Date.now(),
          onClip: (clipId) => {
            caseWork.reckoner.wake();
            options.onClip(clipId);
          },
        },
        recording,
      );
      return new Ingest(services, { archive, localCopies, eraser, recovery, caseWork, liveSources, live });
    } catch (error) {
      await pool.stop();
      await database.close();
      throw error;
    }
  }

  /** Runs one docking to its end; see `runDocking`. */
  runDocking(
    driver: RecorderDriver,
    attachment: Attachment,
    signal: AbortSignal,
  ): Promise<DockingIssue | null> {
    return runDocking(this.#services, driver, attachment, signal);
  }

  /** Gives the recorder that stands idle in the slot another identity; see `writeIdentity`. Throws SLOT_NOT_IDLE too. */
  writeIdentity(slot: string, wanted: IdentityToWrite, ground: ActGround): Promise<WrittenIdentity> {
    return this.acts.perform(slot, (docked) => writeIdentity(this.#services, docked, wanted, ground));
  }

  storeRoom(): Promise<Room> {
    return roomAt(this.layout.root);
  }

  /** Closes the index and the workers. Dockings and the forwarder must have ended. */
  async close(): Promise<void> {
    await this.archive.close();
    await this.#services.pool.stop();
    await this.database.close();
  }
}
