import { setTimeout as delay } from 'node:timers/promises';
import {
  type FirmwareAccess,
  type FirmwareImage,
  isRecorderError,
  isRecorderLost,
  plainVersion,
  RecorderError,
} from '@docket/device-protocol';
import type { DockingIssue, RecorderCare, SafeRecorder } from '@docket/ingest';
import type { Log } from '../log.ts';
import { type FirmwareSettings, type RollOut, readRollOut } from './roll-out.ts';
import type { RollOutIndex, UpdatePlace, UpdateRow } from './roll-out-index.ts';
import { UnusableImage } from './signed-image.ts';

export interface FirmwareCareOptions {
  settings: FirmwareSettings;
  index: RollOutIndex;
  log: Log;
  /** How long a recorder that was told to restart may take to leave. */
  leaveMs?: number;
}

/** Ends of a docking that speak against new firmware; a recorder pulled out or a full store do not. */
const illnesses: readonly DockingIssue['code'][] = [
  'recorder-silent',
  'protocol-violation',
  'driver-crashed',
];
const defaultLeaveMs = 60_000;

/** Brings firmware to docked recorders, as the roll-outs in the configuration say. */
export class FirmwareCare implements RecorderCare {
  readonly #options: FirmwareCareOptions;

  constructor(options: FirmwareCareOptions) {
    this.#options = options;
  }

  async afterSafe(docked: SafeRecorder): Promise<DockingIssue | null> {
    const { recorder, summary } = docked;
    // A recorder without a number of its own cannot be known again after its restart.
    if (recorder.firmware === null || summary.serialNumber === null) return null;
    const rollOut = await this.#rollOutFor(summary.model);
    if (rollOut === null) return null;
    const run = new UpdateRun(this.#options, docked, recorder.firmware, rollOut);
    try {
      return await run.go();
    } catch (error) {
      if (docked.signal.aborted || !isRecorderError(error) || isRecorderLost(error)) throw error;
      return run.giveUp('failed', error.message);
    }
  }

  /** The roll-out of a model, its image read and checked; `null` where there is none that can be used. */
  async #rollOutFor(model: string | null): Promise<RollOut | null> {
    const entry = this.#options.settings.rollOuts.find((one) => one.model === model);
    if (entry === undefined) return null;
    try {
      return await readRollOut(this.#options.settings, entry);
    } catch (error) {
      if (!(error instanceof UnusableImage)) throw error;
      this.#options.log.error({ err: error, model }, 'the firmware image is not used');
      return null;
    }
  }

  /** A recorder that was restarted into an image and cannot be docked any more speaks against that image. */
  async afterFailure(failed: {
    slot: string;
    recorderId: string | null;
    issue: DockingIssue;
  }): Promise<void> {
    if (!illnesses.includes(failed.issue.code)) return;
    const { index } = this.#options;
    const suspects = (await index.restarting()).filter(({ recorderId, slot }) =>
      failed.recorderId === null ? slot === failed.slot : recorderId === failed.recorderId,
    );
    for (const { imageHash, version, recorderId, slot } of suspects) {
      const place = { imageHash, version, recorderId, slot, dockingId: null };
      await index.failed(place, 'failed', `after its restart: ${failed.issue.detail}`);
    }
  }
}

/** One look after one docked recorder. */
class UpdateRun {
  readonly #options: FirmwareCareOptions;
  readonly #docked: SafeRecorder;
  readonly #firmware: FirmwareAccess;
  readonly #rollOut: RollOut;
  readonly #place: UpdatePlace;

  constructor(
    options: FirmwareCareOptions,
    docked: SafeRecorder,
    firmware: FirmwareAccess,
    rollOut: RollOut,
  ) {
    this.#options = options;
    this.#docked = docked;
    this.#firmware = firmware;
    this.#rollOut = rollOut;
    const { hash, version } = rollOut.signed;
    const { slot, dockingId, summary } = docked;
    this.#place = { imageHash: hash, version, recorderId: summary.recorderId, dockingId, slot };
  }

  async go(): Promise<DockingIssue | null> {
    const { index } = this.#options;
    const row = await index.update(this.#place.imageHash, this.#place.recorderId);
    if (row?.state === 'restarting') return this.#judge(await this.#images());
    if (row !== null && row.state !== 'sending' && row.state !== 'sent') return issueOfRow(row);
    if (!this.#rollOut.enabled || !(await this.#mayBegin(await this.#images()))) return null;
    if (!(await index.begin(this.#place, this.#docked.summary.firmware, this.#rollOut.limit))) return null;
    this.#docked.onUpdating();
    await this.#send();
    await this.#restart();
    return null;
  }

  #images(): Promise<FirmwareImage[]> {
    return this.#firmware.list(this.#docked.signal);
  }

  /** Whether the recorder runs something else, undisturbed, and has the charge for it. */
  async #mayBegin(images: readonly FirmwareImage[]): Promise<boolean> {
    const { hash } = this.#rollOut.signed;
    const running = images.find(({ active, image }) => active && image === 0);
    if (running === undefined || running.hash === hash) return false;
    const isBusy = !running.confirmed || images.some((one) => one.pending && one.hash !== hash);
    if (isBusy) return this.#not('another update is under way on the recorder');
    const { minimumBatteryPercent } = this.#rollOut;
    if (minimumBatteryPercent === 0) return true;
    const { batteryPercent } = await this.#docked.recorder.readStatus(this.#docked.signal);
    if (batteryPercent !== null && batteryPercent >= minimumBatteryPercent) return true;
    return this.#not(`its charge is ${batteryPercent ?? 'unknown'}, it must be ${minimumBatteryPercent}`);
  }

  #not(why: string): false {
    const { recorderId, slot } = this.#place;
    this.#options.log.info({ recorderId, slot, why }, 'the recorder is not updated now');
    return false;
  }

  async #send(): Promise<void> {
    const { signal } = this.#docked;
    const { file, hash } = this.#rollOut.signed;
    if (!(await this.#images()).some((image) => image.hash === hash)) {
      await this.#firmware.upload(file, () => {}, signal);
    }
    if (!(await this.#images()).some((image) => image.hash === hash)) {
      throw new RecorderError('FIRMWARE_REFUSED', 'the recorder does not hold the image that was sent');
    }
    await this.#options.index.moved(this.#place, 'sent');
  }

  /** Told before it is done: a recorder that leaves in the middle is judged when it comes back. */
  async #restart(): Promise<void> {
    const { signal } = this.#docked;
    await this.#firmware.test(this.#rollOut.signed.hash, signal);
    await this.#options.index.moved(this.#place, 'restarting');
    await this.#reset();
  }

  /** Does not come back: the recorder leaves, and its docking with it. */
  async #reset(): Promise<never> {
    const { signal } = this.#docked;
    await this.#firmware.reset(signal);
    await delay(this.#options.leaveMs ?? defaultLeaveMs, undefined, { signal });
    throw new RecorderError('RECORDER_SILENT', 'the recorder was told to restart and did not leave its slot');
  }

  /** The recorder has said who it is, shown its clock and listed its clips: is it the wanted image that let it? */
  async #judge(images: readonly FirmwareImage[]): Promise<DockingIssue | null> {
    const { hash, version } = this.#rollOut.signed;
    const running = images.find(({ active, image }) => active && image === 0);
    if (running?.hash !== hash && images.some((image) => image.hash === hash && image.pending)) {
      // Pulled out before it was restarted: it still waits for that.
      this.#docked.onUpdating();
      return this.#reset();
    }
    if (running?.hash !== hash || plainVersion(running.version) !== version) {
      return this.giveUp('reverted', `it runs ${running?.version ?? 'an unknown image'} after its restart`);
    }
    const { clock } = this.#docked;
    const isClockSilent =
      clock.state === 'unreadable' && (clock.reason === 'read-failed' || clock.reason === 'not-supported');
    // Not confirmed, the boot loader takes it back at the next restart.
    if (isClockSilent) return this.giveUp('failed', 'its clock cannot be read under the new image');
    this.#docked.onUpdating();
    await this.#firmware.confirm(this.#docked.signal);
    await this.#options.index.moved(this.#place, 'confirmed');
    return null;
  }

  async giveUp(state: 'reverted' | 'failed', reason: string): Promise<DockingIssue> {
    await this.#options.index.failed(this.#place, state, reason);
    return { code: 'firmware-failed', detail: `firmware ${this.#place.version}: ${reason}` };
  }
}

function issueOfRow({ state, detail }: UpdateRow): DockingIssue | null {
  if (state === 'confirmed') return null;
  return { code: 'firmware-failed', detail: detail ?? state };
}
