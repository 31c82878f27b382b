import { createHash } from 'node:crypto';
import type { Capability, ListedClip, Recorder } from '../recorder.ts';
import { headOf } from './reading-checks.ts';
import {
  type Check,
  demand,
  demandEqual,
  demandError,
  LeftOut,
  listClips,
  type Trial,
  unlessInCommandMode,
} from './trial.ts';

/** How each power is asked for, so that a recorder without it can refuse. */
const powers: Partial<
  Record<Capability, (recorder: Recorder, clip: ListedClip, signal: AbortSignal) => Promise<unknown>>
> = {
  readClock: (recorder, _, signal) => recorder.readClock(1, signal),
  setClock: (recorder, _, signal) => recorder.setClock(signal),
  hashOnDevice: (recorder, clip, signal) => recorder.hashOnDevice(clip, signal),
  erase: (recorder, clip, signal) =>
    recorder.erase(clip, { sizeBytes: clip.sizeBytes, sha256: '0'.repeat(64) }, signal),
  writeIdentity: (recorder, _, signal) =>
    recorder.writeIdentity(
      { serialNumber: null, officerNumber: null, officerName: null, unitCode: null, unitName: null },
      signal,
    ),
  modeSwitch: (recorder, _, signal) => recorder.switchMode(signal),
};

/** A setting may stand so far off: the second it was rounded to, and the way it went. */
const settingToleranceMs = 2_000;

export const powerChecks = [
  {
    name: 'refuses-what-it-cannot',
    async run(trial) {
      const { recorder, signal } = trial;
      const [clip = noClip] = await unlessInCommandMode(listClips(trial), []);
      for (const [capability, ask] of Object.entries(powers)) {
        if (recorder.capabilities.has(capability as Capability)) continue;
        await demandError(ask(recorder, clip, signal), ['NOT_SUPPORTED'], `${capability}, which it cannot,`);
      }
      demand(await recorder.isPresent(), 'the recorder is gone after it refused');
    },
  },
  {
    name: 'clock-bracketed',
    needs: 'readClock',
    async run({ recorder, signal }) {
      const beforeMs = Date.now();
      const readings = await recorder.readClock(3, signal);
      const afterMs = Date.now();
      demand(
        readings.length >= 1 && readings.length <= 3,
        `${readings.length} readings where 3 were asked for`,
      );
      let lastMs = Number.NEGATIVE_INFINITY;
      for (const { deviceText, deviceMs, resolutionMs, hostBeforeMs, hostAfterMs } of readings) {
        demand(resolutionMs > 0, `a resolution of ${resolutionMs} ms`);
        demand(Number.isFinite(deviceMs), `${deviceText} gives no time`);
        // The host's clock counts in milliseconds, and may be read by another of its clocks.
        const isWithin =
          hostBeforeMs >= beforeMs - 5 && hostAfterMs <= afterMs + 5 && hostBeforeMs <= hostAfterMs;
        demand(
          isWithin,
          `a reading between ${hostBeforeMs} and ${hostAfterMs}, asked from ${beforeMs} to ${afterMs}`,
        );
        demand(deviceMs >= lastMs, `the clock went back to ${deviceText} between two readings`);
        lastMs = deviceMs;
      }
    },
  },
  {
    name: 'hash-is-of-the-bytes',
    needs: 'hashOnDevice',
    async run(trial) {
      const { clip, bytes } = await headOf(trial);
      if (bytes.length < clip.sizeBytes) throw new LeftOut('no-clip');
      const expected = createHash('sha256').update(bytes).digest('hex');
      demandEqual(await trial.recorder.hashOnDevice(clip, trial.signal), expected, `SHA-256 of ${clip.name}`);
    },
  },
  {
    name: 'clock-set',
    needs: 'setClock',
    effect: 'setClock',
    async run({ recorder, signal }) {
      const { hostBeforeMs, hostAfterMs } = await recorder.setClock(signal);
      demand(hostBeforeMs <= hostAfterMs, 'the clock was set before it was told to');
      if (!recorder.capabilities.has('readClock')) return;
      for (const reading of await recorder.readClock(2, signal)) {
        const lowestMs = reading.hostBeforeMs - reading.resolutionMs - settingToleranceMs;
        const highestMs = reading.hostAfterMs + settingToleranceMs;
        const isSet = reading.deviceMs >= lowestMs && reading.deviceMs <= highestMs;
        demand(isSet, `after it was set the clock shows ${reading.deviceText}`);
      }
    },
  },
] as const satisfies readonly Check[];

export const erasingChecks = [
  {
    name: 'erase-refuses-wrong-proof',
    needs: 'erase',
    effect: 'erase',
    async run(trial) {
      const { clip, bytes } = await headOf(trial);
      const { recorder, signal } = trial;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const wrongLength = { sizeBytes: clip.sizeBytes + 1, sha256 };
      await demandError(
        recorder.erase(clip, wrongLength, signal),
        ['CLIP_CHANGED'],
        'erasing by a wrong length',
      );
      if (recorder.capabilities.has('hashOnDevice')) {
        const wrongHash = { sizeBytes: clip.sizeBytes, sha256: 'a'.repeat(64) };
        await demandError(
          recorder.erase(clip, wrongHash, signal),
          ['CLIP_CHANGED'],
          'erasing by a wrong hash',
        );
      }
      demand(await isListed(trial, clip), `${clip.name} is gone although the proof was wrong`);
    },
  },
  {
    name: 'erase-frees-one-clip',
    needs: 'erase',
    effect: 'erase',
    async run(trial) {
      const { clip, bytes } = await headOf(trial);
      if (bytes.length < clip.sizeBytes) throw new LeftOut('no-clip');
      const before = await listClips(trial);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await trial.recorder.erase(clip, { sizeBytes: clip.sizeBytes, sha256 }, trial.signal);
      const left = before.filter((other) => Buffer.compare(other.pathBytes, clip.pathBytes) !== 0);
      demandEqual(await listClips(trial), left, `after ${clip.name} was erased, the recorder shows`);
      await demandError(trial.recorder.open(clip, trial.signal), ['CLIP_MISSING'], 'opening an erased clip');
    },
  },
] as const satisfies readonly Check[];

async function isListed(trial: Trial, clip: ListedClip): Promise<boolean> {
  return (await listClips(trial)).some((other) => Buffer.compare(other.pathBytes, clip.pathBytes) === 0);
}

/** Asked for where there is no clip at all: a power that is not there refuses whatever it is asked about. */
const noClip: ListedClip = {
  pathBytes: Buffer.from('none.mp4'),
  name: 'none.mp4',
  nameEncoding: 'utf-8',
  kind: 'video',
  sizeBytes: 1,
  modifiedAt: null,
  startedAt: null,
  marked: false,
  markedSource: null,
  deviceNumberInName: null,
  officerNumberInName: null,
  concern: null,
};
