import { type Check, demand, demandEqual, keyOf, LeftOut, listAll, listClips } from './trial.ts';

export const listingChecks = [
  {
    name: 'list-repeatable',
    async run(trial) {
      const first = await listAll(trial);
      demandEqual(await listAll(trial), first, 'listed again, the recorder shows');
    },
  },
  {
    name: 'list-sound',
    async run(trial) {
      const clips = await listClips(trial);
      const paths = new Set(clips.map(keyOf));
      demandEqual(paths.size, clips.length, 'paths that are all different');
      for (const clip of clips) {
        demand(clip.pathBytes.length > 0, 'a clip has an empty path');
        demand(!/\p{Cc}/u.test(clip.name), 'a name holds control characters');
        demand(Number.isSafeInteger(clip.sizeBytes) && clip.sizeBytes >= 0, `a length of ${clip.sizeBytes}`);
        demand(
          clip.marked === (clip.markedSource !== null),
          `${clip.name} does not say by what it is marked`,
        );
        for (const time of [clip.modifiedAt, clip.startedAt]) {
          const isTime =
            time === null ||
            /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|[+-]\d\d:\d\d)?$/u.test(time.text);
          demand(isTime, `${clip.name} has the time ${time?.text}`);
        }
      }
    },
  },
  {
    name: 'list-whole',
    async run(trial) {
      const { known } = trial.subject;
      if (known === undefined) throw new LeftOut('needs-a-hand');
      const listed = new Map((await listClips(trial)).map((clip) => [keyOf(clip), clip.sizeBytes]));
      const expected = new Map([...known].map(([key, bytes]) => [key, bytes.length]));
      demandEqual([...listed].sort(), [...expected].sort(), 'paths and lengths');
    },
  },
  {
    name: 'list-left-early',
    async run(trial) {
      const whole = await listAll(trial);
      for await (const _ of trial.recorder.list(trial.signal)) break;
      await trial.recorder.identify(trial.signal);
      demandEqual(await listAll(trial), whole, 'after a listing left early, the recorder shows');
    },
  },
  {
    name: 'list-aborted',
    async run(trial) {
      const reason = new Error('given up');
      const stop = new AbortController();
      const expected = await listAll(trial);
      const aborted = (async () => {
        for await (const _ of trial.recorder.list(AbortSignal.any([stop.signal, trial.signal]))) {
          stop.abort(reason);
        }
      })();
      const error = await aborted.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      demand(error === null || error === reason, 'a listing given up threw something else than the reason');
      demand(error !== null || expected.length <= maxUnnoticed, 'a listing went on although it was given up');
      demandEqual(await listAll(trial), expected, 'after a listing given up, the recorder shows');
    },
  },
] as const satisfies readonly Check[];

/** So many entries may have come together, before the signal was looked at again. */
const maxUnnoticed = 64;
