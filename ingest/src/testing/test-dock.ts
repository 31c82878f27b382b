import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecorderDriver } from '@docket/device-protocol';
import { volumeDriver } from '@docket/device-protocol/transport';
import { onTestFinished } from 'vitest';
import {
  type DirectoryTargetSettings,
  directoryTarget,
  type TargetSettings,
} from '../archive/target-settings.ts';
import { listClips } from '../clip/clip-queries.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import type { DockingIssue } from '../docking/docking-record.ts';
import type { DockingStatus } from '../docking/run-docking.ts';
import { Ingest, type IngestOptions } from '../ingest.ts';
import { type StoreSpacePolicy, usualStoreSpace } from '../store/store-space.ts';
import type { HostClockOptions } from '../time/host-clock/host-clock-reader.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface DockOptions {
  dockName?: string;
  root: string;
  store: string;
  archive: string;
  /** By default one folder, `archive`, by the name of `main`. */
  targets?: readonly TargetSettings[];
  releasePolicy: IngestOptions['releasePolicy'];
  /** By default the clock of the machine under test is taken as right. */
  hostClock?: HostClockOptions;
  onStatus: IngestOptions['onStatus'];
  onForwardError: IngestOptions['onForwardError'];
  compareDeviceHash?: boolean;
  onDeletionError?: IngestOptions['onDeletionError'];
  caseWork?: NonNullable<IngestOptions['caseWork']>;
  live?: NonNullable<IngestOptions['live']>;
  space?: Partial<StoreSpacePolicy>;
  /** How the archive in its folder keeps what it is given. */
  target?: Partial<DirectoryTargetSettings>;
}

export interface OneDocking {
  driver?: RecorderDriver;
  slot?: string;
  card?: string;
  /** When the recorder is pulled out; by default as soon as all that can be taken is taken. */
  until?(status: DockingStatus): boolean;
  /** Pulls the recorder out when it aborts, whatever it shows. */
  out?: AbortSignal;
}

/** What a docking showed, and how it ended. */
export class DockingStory {
  readonly issue: DockingIssue | null;
  readonly statuses: readonly DockingStatus[];

  constructor(issue: DockingIssue | null, statuses: readonly DockingStatus[]) {
    this.issue = issue;
    this.statuses = statuses;
  }

  get last(): DockingStatus {
    const last = this.statuses.at(-1);
    if (last === undefined) throw new Error('the docking showed nothing');
    return last;
  }
}

/** Everything that could be taken has been. */
export function isSettled(status: DockingStatus): boolean {
  return status.phase === 'safe' || (status.phase === 'attention' && status.issue?.code !== 'store-full');
}

/** A dock with a store, an archive and one recorder's card, in folders of the running test. */
export class TestDock {
  readonly ingest: Ingest;
  readonly root: string;
  readonly store: string;
  readonly archive: string;
  readonly card: string;
  readonly #watchers: Set<(status: DockingStatus) => void>;
  #isClosed = false;

  private constructor(ingest: Ingest, folders: DockOptions, watchers: Set<(status: DockingStatus) => void>) {
    this.ingest = ingest;
    this.root = folders.root;
    this.store = folders.store;
    this.archive = folders.archive;
    this.card = join(folders.root, 'card');
    this.#watchers = watchers;
  }

  static async open(change: Partial<DockOptions> = {}): Promise<TestDock> {
    const root = change.root ?? (await temporaryFolder());
    const watchers = new Set<(status: DockingStatus) => void>();
    const options: DockOptions = {
      root,
      store: join(root, 'store'),
      archive: join(root, 'archive'),
      releasePolicy: 'never',
      onForwardError: () => {},
      ...change,
      onStatus: (status) => {
        change.onStatus?.(status);
        for (const watch of watchers) watch(status);
      },
    };
    await mkdir(join(root, 'card'), { recursive: true });
    const ingest = await Ingest.open(ingestOptions(options));
    const dock = new TestDock(ingest, options, watchers);
    onTestFinished(() => dock.close());
    return dock;
  }

  /** Docks a recorder, waits, pulls it out, and tells what was shown meanwhile. */
  async dock(docking: OneDocking = {}): Promise<DockingStory> {
    const pulledOut = new AbortController();
    const statuses: DockingStatus[] = [];
    const slot = docking.slot ?? '1-1';
    const until = docking.until ?? isSettled;
    let dockingId: string | undefined;
    const watch = (status: DockingStatus) => {
      // The first status of a new docking is shown before any other docking can show one.
      dockingId ??= status.dockingId;
      if (status.dockingId !== dockingId) return;
      statuses.push(status);
      if (until(status)) pulledOut.abort();
    };
    this.#watchers.add(watch);
    const target = { type: 'volume' as const, directory: docking.card ?? this.card };
    const issue = await this.ingest.runDocking(
      docking.driver ?? volumeDriver,
      { portPath: slot, instance: 'test', target },
      AbortSignal.any([pulledOut.signal, ...(docking.out === undefined ? [] : [docking.out])]),
    );
    this.#watchers.delete(watch);
    return new DockingStory(issue, statuses);
  }

  /** Forwards until nothing waits. */
  async forward(): Promise<void> {
    const { forwarder } = this.ingest.archive;
    const stop = new AbortController();
    const emptied = new Promise<void>((resolve, reject) => {
      const look = () => {
        const waiting = this.ingest.database.read("SELECT 1 FROM forward WHERE state = 'queued' LIMIT 1");
        waiting.then((rows) => {
          if (rows.length === 0) resolve();
        }, reject);
      };
      forwarder.onReceipted(look);
      look();
    });
    const run = forwarder.run(stop.signal);
    await emptied;
    stop.abort();
    await run;
  }

  /** Every clip, oldest first. */
  async clips(): Promise<ClipRecord[]> {
    const { clips } = await listClips(this.ingest.database, {}, { before: null, limit: 10_000 });
    return clips.reverse();
  }

  async clip(name: string): Promise<ClipRecord> {
    const found = (await this.clips()).filter((clip) => clip.name === name);
    const [clip] = found;
    if (clip === undefined || found.length > 1) throw new Error(`${found.length} clips are named ${name}`);
    return clip;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.ingest.close();
  }
}

export function ingestOptions(options: Omit<DockOptions, 'root'>): IngestOptions {
  return {
    dockName: options.dockName ?? 'dock-1',
    storeDirectory: options.store,
    space: { ...usualStoreSpace, reserveBytes: 0, ...options.space },
    hashWorkers: 2,
    stallTimeoutMs: 20_000,
    compareDeviceHash: options.compareDeviceHash ?? true,
    clock: {
      host: options.hostClock ?? { source: 'assume-synchronised', assumedBoundMs: 10 },
      policy: {
        samples: 4,
        set: 'when-host-synchronised',
        limits: { driftMsPerDay: 3000, faultOffsetMs: 5000 },
      },
      clips: {
        limits: { driftMsPerDay: 3000, faultOffsetMs: 5000, conflictMs: 5000, nameSlackMs: 2000 },
        assumedZone: 'Asia/Shanghai',
      },
    },
    archive: {
      targets: options.targets ?? [directoryTarget('main', options.archive, options.target)],
      forwarding: { retryBaseMs: 1, retryMaxMs: 1 },
    },
    releasePolicy: options.releasePolicy,
    onClip: () => {},
    onStatus: options.onStatus,
    onForwardError: options.onForwardError,
    onReckonError: (error) => {
      throw error;
    },
    onLocalCopyError: (error) => {
      throw error;
    },
    onDeletionError: options.onDeletionError ?? (() => {}),
    ...(options.caseWork === undefined ? {} : { caseWork: options.caseWork }),
    ...(options.live === undefined ? {} : { live: options.live }),
  };
}
