import type { ClipReader, ListedClip } from '../recorder.ts';
import {
  type Check,
  demand,
  demandEqual,
  demandError,
  keyOf,
  listClips,
  readableClip,
  type Trial,
} from './trial.ts';

/** Part of a clip that a check reads and remembers. */
interface Stretch {
  clip: ListedClip;
  bytes: Uint8Array;
}

export const readingChecks = [
  {
    name: 'read-repeatable',
    async run(trial) {
      const clips = await listClips(trial);
      let budgetBytes = trial.subject.longestReadBytes;
      for (const clip of clips.filter(({ sizeBytes }) => sizeBytes <= trial.subject.longestReadBytes)) {
        if (budgetBytes < clip.sizeBytes) break;
        budgetBytes -= clip.sizeBytes;
        const bytes = await readStretch(trial, clip, 0, clip.sizeBytes);
        demandSame(bytes, await readStretch(trial, clip, 0, clip.sizeBytes), `${clip.name}, read twice`);
        const known = trial.subject.known?.get(keyOf(clip));
        if (known !== undefined) demandSame(bytes, known, clip.name);
      }
    },
  },
  {
    name: 'read-any-range',
    async run(trial) {
      const { clip, bytes } = await headOf(trial);
      const reader = await trial.recorder.open(clip, trial.signal);
      try {
        demandEqual(reader.sizeBytes, clip.sizeBytes, 'length when opened');
        demand(reader.pieceBytes >= 1, `pieceBytes is ${reader.pieceBytes}`);
        for (const [start, end] of ranges(bytes.length)) {
          const into = new Uint8Array(end - start);
          demandEqual(
            await reader.read(into, start, trial.signal),
            into.length,
            `bytes ${start} to ${end}: read`,
          );
          demandSame(into, bytes.subarray(start, end), `bytes ${start} to ${end} of ${clip.name}`);
        }
        await reader.assertUnchanged();
      } finally {
        await reader.close();
      }
    },
  },
  {
    name: 'read-at-end',
    async run(trial) {
      const clip = await readableClip(trial);
      const reader = await trial.recorder.open(clip, trial.signal);
      try {
        const { sizeBytes } = clip;
        const tailBytes = Math.min(100, sizeBytes);
        const into = new Uint8Array(tailBytes + 50);
        const at = sizeBytes - tailBytes;
        demandEqual(await reader.read(into, at, trial.signal), tailBytes, 'read across the end');
        demandEqual([...into.subarray(tailBytes)], Array(50).fill(0), 'past the end the buffer holds');
        demandEqual(await reader.read(into, sizeBytes, trial.signal), 0, 'read at the end');
        demandEqual(await reader.read(into, sizeBytes + 1_000_000, trial.signal), 0, 'read past the end');
        demandEqual(await reader.read(new Uint8Array(0), 0, trial.signal), 0, 'read of no bytes');
      } finally {
        await reader.close();
      }
    },
  },
  {
    name: 'read-aborted',
    async run(trial) {
      const { clip, bytes } = await headOf(trial);
      const reader = await trial.recorder.open(clip, trial.signal);
      try {
        const reason = new Error('given up');
        const early = reader.read(new Uint8Array(1), 0, AbortSignal.abort(reason));
        const atOnce = await early.then(
          () => null,
          (error: unknown) => error,
        );
        demand(atOnce === reason, 'a read given up before it began did not throw the reason');
        const stop = new AbortController();
        const reading = reader.read(new Uint8Array(bytes.length), 0, stop.signal);
        setImmediate(() => stop.abort(reason));
        const error = await reading.then(
          () => reason,
          (thrown: unknown) => thrown,
        );
        demand(error === reason, 'a read given up threw something else than the reason');
        const into = new Uint8Array(bytes.length);
        await reader.read(into, 0, trial.signal);
        demandSame(into, bytes, `${clip.name}, read after a read given up`);
      } finally {
        await reader.close();
      }
      await trial.recorder.identify(trial.signal);
    },
  },
  {
    name: 'read-side-by-side',
    async run(trial) {
      const { clip, bytes } = await headOf(trial);
      const lanes = Math.min(trial.recorder.parallelReads, 4);
      const all = await Promise.all(
        Array.from({ length: lanes }, () => readStretch(trial, clip, 0, bytes.length)),
      );
      for (const read of all) demandSame(read, bytes, `${clip.name}, read ${lanes} times at once`);
    },
  },
  {
    name: 'clip-missing',
    async run(trial) {
      const clip = await readableClip(trial);
      const gone = { ...clip, pathBytes: Buffer.concat([clip.pathBytes, Buffer.from('.none')]) };
      await demandError(opened(trial.recorder.open(gone, trial.signal)), ['CLIP_MISSING'], 'opening no clip');
    },
  },
  {
    name: 'clip-changed',
    async run(trial) {
      const clip = await readableClip(trial);
      const other = { ...clip, sizeBytes: clip.sizeBytes + 1 };
      await demandError(
        opened(trial.recorder.open(other, trial.signal)),
        ['CLIP_CHANGED'],
        'opening a clip of other length',
      );
    },
  },
] as const satisfies readonly Check[];

/** The clip that best suits, and as much of its head as may be read. */
export async function headOf(trial: Trial): Promise<Stretch> {
  const clip = await readableClip(trial);
  const lengthBytes = Math.min(clip.sizeBytes, trial.subject.longestReadBytes);
  return { clip, bytes: await readStretch(trial, clip, 0, lengthBytes) };
}

async function readStretch(
  { recorder, signal }: Trial,
  clip: ListedClip,
  positionBytes: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const reader = await recorder.open(clip, signal);
  try {
    const into = new Uint8Array(lengthBytes);
    for (let filled = 0; filled < lengthBytes; ) {
      const piece = into.subarray(filled, Math.min(filled + reader.pieceBytes, lengthBytes));
      const readBytes = await reader.read(piece, positionBytes + filled, signal);
      demandEqual(readBytes, piece.length, `${clip.name} at byte ${positionBytes + filled}: bytes read`);
      filled += readBytes;
    }
    await reader.assertUnchanged();
    return into;
  } finally {
    await reader.close();
  }
}

function demandSame(found: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(found, expected) === 0) return;
  const differs = found.findIndex((byte, index) => byte !== expected[index]);
  const at = differs < 0 ? Math.min(found.length, expected.length) : differs;
  demand(false, `${what} differs from byte ${at} on (${found.length} and ${expected.length} bytes)`);
}

/** Ranges that meet what goes wrong: first and last byte, odd places, sizes around powers of two. */
function ranges(lengthBytes: number): [number, number][] {
  const middle = lengthBytes >> 1;
  const wanted: [number, number][] = [
    [lengthBytes - 1, lengthBytes],
    [0, 1],
    [middle, middle + 511],
    [middle - 1, middle + 512],
    [1, 4098],
    [lengthBytes - 1000, lengthBytes],
    [middle, middle + 65_537],
  ];
  return wanted.map(([start, end]) => {
    const from = Math.max(0, start);
    return [from, Math.max(from, Math.min(end, lengthBytes))];
  });
}

/** That a clip was opened; a reader that should not be there is closed. */
async function opened(opening: Promise<ClipReader>): Promise<void> {
  await (await opening).close();
}
