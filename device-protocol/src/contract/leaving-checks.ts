import {
  type Check,
  demand,
  demandEqual,
  demandError,
  LeftOut,
  listAll,
  readableClip,
  unlessInCommandMode,
} from './trial.ts';

const lost = ['RECORDER_GONE', 'RECORDER_SILENT', 'DRIVER_CRASHED'] as const;
/** A read of a recorder that is being taken away ends this soon, or it is not heard of. */
const maxReads = 10_000;

export const leavingChecks = [
  {
    name: 'opens-again',
    async run(trial) {
      const before = {
        identity: await trial.recorder.identify(trial.signal),
        listings: await unlessInCommandMode(listAll(trial), null),
      };
      const recorder = await trial.reopen();
      const again = { ...trial, recorder };
      const after = {
        identity: await recorder.identify(trial.signal),
        listings: await unlessInCommandMode(listAll(again), null),
      };
      demandEqual(after, before, 'closed and opened again, the recorder shows');
    },
  },
  {
    name: 'unplug-is-told',
    async run(trial) {
      const { recorder, signal, subject } = trial;
      if (subject.unplug === undefined) throw new LeftOut('needs-a-hand');
      const clip = await unlessInCommandMode(readableClip(trial), null);
      if (clip === null) {
        await subject.unplug();
        await demandError(recorder.readStatus(signal), lost, 'asking a recorder that left how it is');
        demand(!(await recorder.isPresent()), 'a recorder that left says that it is there');
        return;
      }
      const reader = await recorder.open(clip, signal);
      await subject.unplug();
      const reading = (async () => {
        const into = new Uint8Array(Math.min(clip.sizeBytes, 4096));
        // What was read ahead may still come.
        for (let count = 0; count < maxReads; count++) {
          await reader.read(into, (count * into.length) % clip.sizeBytes, signal);
        }
      })();
      // A file that was open before may stay readable where its folder only lost its name.
      if (recorder.driver !== 'volume') await demandError(reading, lost, 'reading a recorder that left');
      else await reading.catch(() => {});
      demand(!(await recorder.isPresent()), 'a recorder that left says that it is there');
      await demandError(listAll(trial), lost, 'listing a recorder that left');
      await demandError(recorder.open(clip, signal), lost, 'opening a clip of a recorder that left');
      await reader.close().catch(() => {});
      await recorder.close();
    },
  },
] as const satisfies readonly Check[];
