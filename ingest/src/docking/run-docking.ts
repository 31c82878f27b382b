import {
  type Attachment,
  type Capability,
  isRecorderError,
  isRecorderLost,
  type Recorder,
  type RecorderDriver,
} from '@docket/device-protocol';
import type { RegisteredClip } from '../clip/clip-index.ts';
import { IngestError, isIngestError } from '../errors.ts';
import { concernsAbout } from '../register/concerns.ts';
import type { RecorderLedger } from '../register/recorder-ledger.ts';
import { readClockHistory } from '../time/clock-index.ts';
import { type ClockStatement, clockNotReadYet } from '../time/clock-statement.ts';
import { type ClockVerdict, clockNotJudged } from '../time/clock-verdict.ts';
import { type ClockServices, takeClock } from '../time/docking-clock.ts';
import { HostClockWatch } from '../time/host-clock/host-clock-watch.ts';
import type { DockingIndex } from './docking-index.ts';
import { type DockingProgress, ProgressMeter } from './docking-progress.ts';
import {
  type DockingIssue,
  isAnonymous,
  type RecorderConcern,
  type RecorderSummary,
} from './docking-record.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import type { ActQueue, OperatorActs } from './operator-acts.ts';
import { pullWanted } from './pull-wanted.ts';
import type { RecorderCare } from './recorder-care.ts';
import { type ReleaseServices, releaseWhenReceipted } from './release-receipted.ts';

/** Earlier dockings that a clock is judged by. */
const reckonedDockings = 10;

export type DockingPhase =
  | 'attached'
  | 'identifying'
  | 'listing'
  | 'copying'
  | 'verifying'
  | 'safe'
  | 'releasing'
  | 'configuring'
  | 'updating'
  | 'attention'
  | 'failed';

/** What a docking shows while it runs. */
export interface DockingStatus {
  slot: string;
  dockingId: string;
  phase: DockingPhase;
  /** True only while every clip found stands verified in the store and nothing is being written to the recorder. */
  safeToUndock: boolean;
  recorder: RecorderSummary | null;
  /** What the recorder can do; empty until it is open. */
  capabilities: readonly Capability[];
  concerns: readonly RecorderConcern[];
  clock: ClockStatement;
  clockVerdict: ClockVerdict;
  progress: DockingProgress;
  issue: DockingIssue | null;
}

export interface DockingServices extends ReleaseServices, ClockServices {
  dockings: DockingIndex;
  acts: OperatorActs;
  ledger: RecorderLedger;
  care: RecorderCare | null;
  /** Called when a clip was sealed and can be forwarded. */
  onSealed(clipId: string): void;
  onStatus(status: DockingStatus): void;
}

/**
 * One recorder in one slot, from attach to detach: identify, read its clock, list, take every clip, say when it is
 * safe to undock, and free what the archive has signed for. The signal aborts when the recorder is detached or the
 * gateway stops. Resolves when the docking is over, with the issue that ended it or `null`; throws nothing that is
 * about the recorder, its clips or the store.
 */
export async function runDocking(
  services: DockingServices,
  driver: RecorderDriver,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<DockingIssue | null> {
  let docking: Docking;
  try {
    docking = await Docking.begin(services, driver.name, attachment.portPath);
  } catch (error) {
    return issueOf(error);
  }
  let recorder: Recorder | null = null;
  try {
    recorder = await driver.open(attachment, signal);
    await docking.run(recorder, signal);
    await docking.end(null);
    return null;
  } catch (error) {
    const issue = signal.aborted ? null : issueOf(error);
    // The index may be what failed: then what ended the docking is told all the same, and the next start closes it.
    return await docking.end(issue).then(
      () => issue,
      (failure: unknown) => issue ?? issueOf(failure),
    );
  } finally {
    // A recorder that is gone cannot always be closed; the docking is over either way.
    await recorder?.close().catch(() => {});
  }
}

class Docking {
  readonly #services: DockingServices;
  readonly #driver: string;
  readonly #slot: string;
  readonly #meter = new ProgressMeter();
  readonly #hostWatch = new HostClockWatch();
  #hostJumped = false;
  #status: Omit<DockingStatus, 'progress'>;
  #wasSafe = false;

  private constructor(services: DockingServices, driver: string, slot: string, dockingId: string) {
    this.#services = services;
    this.#driver = driver;
    this.#slot = slot;
    this.#status = {
      slot,
      dockingId,
      phase: 'attached',
      safeToUndock: false,
      recorder: null,
      capabilities: [],
      concerns: [],
      clock: clockNotReadYet,
      clockVerdict: clockNotJudged,
      issue: null,
    };
  }

  static async begin(services: DockingServices, driver: string, slot: string): Promise<Docking> {
    const docking = new Docking(services, driver, slot, await services.dockings.attach(slot, driver));
    docking.#show({});
    return docking;
  }

  async run(recorder: Recorder, signal: AbortSignal): Promise<void> {
    const summary = await this.#identify(recorder, signal);
    const unfollow = this.#followLedger();
    try {
      await this.#takeClock(recorder, summary, signal);
      await this.#readStatus(recorder, summary, signal);
      const inventory = await this.#list(recorder, summary, signal);
      await this.#pull(recorder, summary, inventory, signal);
      await this.#sayFinished(inventory);
      await this.#careFor(recorder, summary, signal);
      await this.#release(recorder, summary, inventory, signal);
    } finally {
      unfollow();
    }
  }

  async #identify(recorder: Recorder, signal: AbortSignal): Promise<RecorderSummary> {
    this.#show({ phase: 'identifying' });
    const identity = await recorder.identify(signal);
    const { dockingId } = this.#status;
    const { summary, concerns } = await this.#services.dockings.identify(
      dockingId,
      this.#slot,
      this.#driver,
      identity,
    );
    this.#show({ recorder: summary, concerns, capabilities: [...recorder.capabilities] });
    return summary;
  }

  /** What is issued or taken out of service while it is docked shows at once. */
  #followLedger(): () => void {
    return this.#services.ledger.onAct((recorderId, standing) => {
      const { recorder } = this.#status;
      if (recorder?.recorderId !== recorderId) return;
      this.#show({ concerns: concernsAbout(standing, recorder.officerNumber) });
    });
  }

  /** Reads the clock before anything could set it, then sets it where that is allowed. */
  async #takeClock(recorder: Recorder, summary: RecorderSummary, signal: AbortSignal): Promise<void> {
    const { recorderId } = summary;
    // A recorder without a name of its own has no history: another may have stood in its slot.
    const earlier = isAnonymous(summary)
      ? []
      : await readClockHistory(this.#services.database, recorderId, { latest: reckonedDockings });
    const { dockingId } = this.#status;
    const docked = { recorder, dockingId, recorderId, earlier, hostWatch: this.#hostWatch };
    const { found, verdict } = await takeClock(this.#services, docked, signal);
    this.#show({ clock: found, clockVerdict: verdict });
  }

  /** A host clock that was stepped under a docking takes every reading of that docking with it. */
  async #checkHostClock(): Promise<void> {
    const jumpMs = this.#hostWatch.jumpMs();
    if (jumpMs === null || this.#hostJumped || this.#status.recorder === null) return;
    this.#hostJumped = true;
    const { dockingId } = this.#status;
    const { statement, verdict } = await this.#services.clocks.hostJumped(dockingId, jumpMs);
    this.#show({ clock: statement, clockVerdict: verdict });
    const revised = await this.#services.clipTimes.reviseDocking(dockingId);
    for (const clipId of revised) this.#services.onSealed(clipId);
  }

  /** Battery and room, where the recorder tells them. That it does not is no failure. */
  async #readStatus(recorder: Recorder, { recorderId }: RecorderSummary, signal: AbortSignal): Promise<void> {
    try {
      const status = await recorder.readStatus(signal);
      if (Object.values(status).every((value) => value === null)) return;
      await this.#services.dockings.statusRead(this.#status.dockingId, recorderId, status);
    } catch (error) {
      if (signal.aborted || isRecorderLost(error) || !isRecorderError(error)) throw error;
    }
  }

  async #list(recorder: Recorder, summary: RecorderSummary, signal: AbortSignal): Promise<Inventory> {
    this.#show({ phase: 'listing' });
    const inventory = await takeInventory(
      this.#services,
      recorder,
      {
        recorderId: summary.recorderId,
        dockingId: this.#status.dockingId,
        officerNumber: summary.officerNumber,
        isIdentified: !isAnonymous(summary),
      },
      signal,
    );
    const meter = this.#meter;
    meter.clipsTotal = inventory.wanted.length + inventory.known.length + inventory.refused;
    meter.clipsKnown = inventory.known.length;
    meter.refused = inventory.refused;
    for (const { clipId, listed } of inventory.wanted) {
      if (listed.concern !== null) meter.quarantined.add(clipId);
    }
    meter.bytesTotal = inventory.wanted.reduce((sum, clip) => sum + clip.listed.sizeBytes, 0);
    await this.#services.dockings.inventoried(this.#status.dockingId, this.#counts(), inventory.isWhole);
    this.#show({});
    return inventory;
  }

  async #pull(
    recorder: Recorder,
    summary: RecorderSummary,
    inventory: Inventory,
    signal: AbortSignal,
  ): Promise<void> {
    const meter = this.#meter;
    const { driver: _driver, ...claims } = summary;
    const context = {
      recorder,
      claims: { ...claims, driver: this.#driver },
      dockingId: this.#status.dockingId,
      slot: this.#slot,
      clock: this.#status.clock,
      clockHistory: await this.#services.clipTimes.history(summary.recorderId, this.#status.dockingId),
      signal,
      onProgress: (bytes: number) => {
        meter.addBytes(bytes);
        this.#show({});
      },
      onPhase: (phase: 'copying' | 'verifying', clip: RegisteredClip) => {
        meter.currentClipName = clip.listed.name;
        this.#show({ phase });
      },
      onQuarantined: (clip: RegisteredClip) => {
        meter.quarantined.add(clip.clipId);
      },
    };
    await pullWanted(this.#services, context, inventory.wanted, {
      meter,
      onTaken: (clip) => this.#services.onSealed(clip.clipId),
      onStoreFull: (detail) => this.#show({ phase: 'attention', issue: { code: 'store-full', detail } }),
      onStoreHasRoom: () => this.#show({ phase: 'copying', issue: null }),
    });
    meter.currentClipName = null;
  }

  /** Safe only when what was found on the recorder is what now stands, verified, in the store. */
  async #sayFinished(inventory: Inventory): Promise<void> {
    await this.#checkHostClock();
    const meter = this.#meter;
    const untaken = meter.clipsTotal - meter.clipsKnown - meter.clipsDone;
    const safeToUndock = untaken === inventory.refused;
    if (safeToUndock) await this.#services.dockings.safe(this.#status.dockingId, this.#counts());
    this.#wasSafe = safeToUndock;
    const needsPerson = untaken > 0 || meter.clipsQuarantined > 0;
    const detail = `${meter.clipsQuarantined} of ${meter.clipsTotal} entries need a person`;
    this.#show({
      phase: needsPerson ? 'attention' : 'safe',
      safeToUndock,
      issue: needsPerson ? { code: 'clips-quarantined', detail } : null,
    });
  }

  /** Only a recorder whose clips all stand in the store is changed, and none is released meanwhile. */
  async #careFor(recorder: Recorder, summary: RecorderSummary, signal: AbortSignal): Promise<void> {
    if (!this.#wasSafe || this.#services.care === null) return;
    const { phase, safeToUndock, issue: issueBefore, clock, dockingId } = this.#status;
    const issue = await this.#services.care.afterSafe({
      recorder,
      summary,
      clock,
      dockingId,
      slot: this.#slot,
      signal,
      onUpdating: () => this.#show({ phase: 'updating', safeToUndock: false }),
    });
    if (issue !== null) this.#show({ phase: 'attention', safeToUndock, issue: issueBefore ?? issue });
    else if (this.#status.phase === 'updating') this.#show({ phase, safeToUndock });
  }

  async #release(
    recorder: Recorder,
    { recorderId, officerNumber }: RecorderSummary,
    inventory: Inventory,
    signal: AbortSignal,
  ): Promise<void> {
    const settled = { ...this.#status };
    const acts = this.#services.acts.open(this.#slot);
    await releaseWhenReceipted(this.#services, {
      recorder,
      dockingId: settled.dockingId,
      clips: [...inventory.known, ...inventory.wanted],
      registration: { recorderId, officerNumber, dockingId: settled.dockingId },
      signal,
      acts,
      performActs: () => this.#performActs(acts, recorder, signal),
      onReleasing: (clip) => {
        this.#meter.currentClipName = clip.listed.name;
        this.#show({ phase: 'releasing', safeToUndock: false });
      },
      onReleased: () => {
        this.#meter.clipsReleased += 1;
      },
      onIdle: (issue) => {
        this.#meter.currentClipName = null;
        const { phase, safeToUndock } = settled;
        this.#show({
          phase: issue === null ? phase : 'attention',
          safeToUndock,
          issue: issue ?? settled.issue,
        });
      },
    }).finally(() => acts.close());
  }

  /** Does what operators ask of the idle recorder; until that is done it may not be taken out. */
  async #performActs(acts: ActQueue, recorder: Recorder, signal: AbortSignal): Promise<void> {
    if (acts.isEmpty) return;
    const { phase, safeToUndock, dockingId } = this.#status;
    this.#show({ phase: 'configuring', safeToUndock: false });
    await acts.performWaiting({
      recorder,
      dockingId,
      slot: this.#slot,
      signal,
      summary: () => this.#identified(),
      onRenamed: (summary, concerns) => this.#show({ recorder: summary, concerns }),
    });
    this.#show({ phase, safeToUndock });
  }

  #identified(): RecorderSummary {
    const { recorder } = this.#status;
    if (recorder === null) throw new TypeError('the docking has not identified its recorder');
    return recorder;
  }

  async end(issue: DockingIssue | null): Promise<void> {
    await this.#checkHostClock();
    const state = issue !== null ? 'failed' : this.#wasSafe ? 'complete' : 'interrupted';
    if (issue !== null) this.#show({ phase: 'failed', safeToUndock: false, issue });
    await this.#services.dockings.end(this.#status.dockingId, {
      state,
      counts: this.#counts(),
      failure: issue,
    });
    if (issue === null || this.#services.care === null) return;
    const recorderId = this.#status.recorder?.recorderId ?? null;
    await this.#services.care.afterFailure({ slot: this.#slot, recorderId, issue });
  }

  #counts() {
    return {
      clipsListed: this.#meter.clipsTotal,
      clipsPulled: this.#meter.clipsDone,
      clipsKnown: this.#meter.clipsKnown,
      clipsQuarantined: this.#meter.clipsQuarantined,
    };
  }

  #show(change: Partial<Omit<DockingStatus, 'progress' | 'dockingId' | 'slot'>>): void {
    this.#status = { ...this.#status, ...change };
    this.#services.onStatus({ ...this.#status, progress: this.#meter.snapshot() });
  }
}

/** Names what ended a docking, for people. */
function issueOf(error: unknown): DockingIssue {
  const detail = error instanceof Error ? error.message : String(error);
  if (isRecorderError(error)) {
    if (error.code === 'RECORDER_GONE') return { code: 'recorder-gone', detail };
    if (error.code === 'PROTOCOL_VIOLATION') return { code: 'protocol-violation', detail };
    if (error.code === 'MODE_SWITCH_REFUSED') return { code: 'mode-switch-refused', detail };
    if (error.code === 'DRIVER_CRASHED') return { code: 'driver-crashed', detail };
    if (error.code === 'CLIP_CHANGED') return { code: 'release-failed', detail };
    return { code: 'recorder-silent', detail };
  }
  if (isIngestError(error, 'STORE_FULL')) return { code: 'store-full', detail };
  if (error instanceof IngestError) return { code: 'store-failed', detail };
  return { code: 'internal-error', detail };
}
