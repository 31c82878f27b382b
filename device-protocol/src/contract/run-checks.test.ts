/** The checks themselves: a driver that breaks a rule is found out by the check of that rule. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deriveRecorder } from '../derived-recorder.ts';
import type { Capability, ClipReader, ListedClip, Listing, Recorder } from '../recorder.ts';
import { volumeDriver } from '../volume/volume-recorder.ts';
import { type CheckName, type CheckResult, contractChecks, runContract } from './run-checks.ts';
import { type SampleCard, sampleCard } from './testing/sample-card.ts';

const never = new AbortController().signal;
let card: SampleCard;

beforeEach(async () => {
  card = await sampleCard(50_000);
});

afterEach(() => card.remove());

type Lie = (honest: Recorder) => Partial<Recorder>;

async function findOut(lie: Lie): Promise<Map<CheckName, CheckResult>> {
  const target = { type: 'volume', directory: card.directory } as const;
  const results = await runContract(
    {
      open: async (signal) => {
        const honest = await volumeDriver.open({ portPath: '1-1', instance: 'a', target }, signal);
        return deriveRecorder(honest, lie(honest));
      },
      known: card.known,
      unplug: card.remove,
      allows: { erase: true, setClock: true },
      longestReadBytes: 100_000,
    },
    { signal: never, checkTimeoutMs: 2_000 },
  );
  return new Map(results.map((result) => [result.check, result]));
}

const also = (recorder: Recorder, ...more: Capability[]) => new Set([...recorder.capabilities, ...more]);

const readers =
  (change: (reader: ClipReader) => Partial<ClipReader>): Lie =>
  (honest) => ({
    open: async (clip, signal) => {
      const reader = await honest.open(clip, signal);
      return {
        sizeBytes: reader.sizeBytes,
        pieceBytes: reader.pieceBytes,
        read: (into, position, own) => reader.read(into, position, own),
        assertUnchanged: () => reader.assertUnchanged(),
        close: () => reader.close(),
        ...change(reader),
      };
    },
  });

function listings(change: (listing: Listing, number: number) => Listing | null): Lie {
  return (honest) => ({
    async *list(signal) {
      let number = 0;
      for await (const listing of honest.list(signal)) {
        const changed = change(listing, number++);
        if (changed !== null) yield changed;
      }
    },
  });
}

const clipChanged =
  (change: (clip: ListedClip) => Partial<ListedClip>) =>
  (listing: Listing): Listing =>
    listing.type === 'clip' ? { type: 'clip', clip: { ...listing.clip, ...change(listing.clip) } } : listing;

let calls = 0;
const now = () => ({
  deviceText: '2026-01-01T00:00:00',
  deviceMs: Date.now(),
  resolutionMs: 1000,
  hostBeforeMs: Date.now(),
  hostAfterMs: Date.now(),
  assumedZone: null,
  method: 'plugin' as const,
});

const lies: [CheckName, Lie][] = [
  ['opens', () => ({ parallelReads: 0 })],
  [
    'identity-repeatable',
    (honest) => ({
      identify: async (signal) => ({ ...(await honest.identify(signal)), model: `M${calls++}` }),
    }),
  ],
  [
    'identity-clean',
    (honest) => ({
      identify: async (signal) => ({ ...(await honest.identify(signal)), vendor: 'a\u001b[2J' }),
    }),
  ],
  ['status', (honest) => ({ capabilities: also(honest, 'battery') })],
  ['list-repeatable', listings(clipChanged(() => ({ modifiedAt: null, name: `n${calls++}` })))],
  ['list-sound', listings(clipChanged(() => ({ name: 'a\u0000b' })))],
  ['list-whole', listings((listing, number) => (number === 0 ? null : listing))],
  [
    'list-left-early',
    (honest) => {
      let isStuck = false;
      return {
        async *list(signal) {
          let isWhole = false;
          try {
            yield* honest.list(signal);
            isWhole = true;
          } finally {
            isStuck ||= !isWhole;
          }
        },
        identify: async (signal) => {
          if (isStuck) throw new Error('the last listing is still open');
          return honest.identify(signal);
        },
      };
    },
  ],
  [
    'list-aborted',
    (honest) => ({
      async *list(signal) {
        for await (const listing of honest.list(signal)) {
          yield listing;
          if (signal.aborted) throw new Error('something else');
        }
      },
    }),
  ],
  [
    'read-repeatable',
    readers((reader) => ({
      read: async (into, position, signal) => {
        const bytes = await reader.read(into, position, signal);
        if (position === 0) into[0] = calls++ & 0xff;
        return bytes;
      },
    })),
  ],
  [
    'read-any-range',
    readers((reader) => ({ read: (into, position, signal) => reader.read(into, position & ~511, signal) })),
  ],
  [
    'read-at-end',
    readers((reader) => ({
      read: async (into, position, signal) => {
        if (position > reader.sizeBytes) throw new Error('out of range');
        return reader.read(into, position, signal);
      },
    })),
  ],
  ['read-aborted', readers((reader) => ({ read: (into, position) => reader.read(into, position, never) }))],
  [
    'read-side-by-side',
    (honest) => {
      let open = 0;
      return {
        open: async (clip, signal) => {
          if (++open > 1) throw new Error('one at a time');
          const reader = await honest.open(clip, signal);
          return {
            sizeBytes: reader.sizeBytes,
            pieceBytes: reader.pieceBytes,
            read: (into, position, own) => reader.read(into, position, own),
            assertUnchanged: () => reader.assertUnchanged(),
            close: async () => {
              open--;
              await reader.close();
            },
          };
        },
      };
    },
  ],
  [
    'clip-missing',
    (honest) => ({
      open: async (clip, signal) => {
        for await (const listing of honest.list(signal)) {
          if (listing.type === 'clip' && listing.clip.sizeBytes === clip.sizeBytes)
            return honest.open(listing.clip, signal);
        }
        return honest.open(clip, signal);
      },
    }),
  ],
  [
    'clip-changed',
    (honest) => ({
      open: async (clip, signal) => {
        for await (const listing of honest.list(signal)) {
          if (listing.type === 'clip' && Buffer.compare(listing.clip.pathBytes, clip.pathBytes) === 0)
            return honest.open(listing.clip, signal);
        }
        return honest.open(clip, signal);
      },
    }),
  ],
  ['refuses-what-it-cannot', () => ({ switchMode: async () => {} })],
  [
    'clock-bracketed',
    (honest) => ({
      capabilities: also(honest, 'readClock'),
      readClock: async () => [{ ...now(), hostBeforeMs: Date.now() - 60_000 }],
    }),
  ],
  [
    'hash-is-of-the-bytes',
    (honest) => ({ capabilities: also(honest, 'hashOnDevice'), hashOnDevice: async () => 'f'.repeat(64) }),
  ],
  [
    'clock-set',
    (honest) => ({
      capabilities: also(honest, 'setClock', 'readClock'),
      setClock: async () => ({ deviceText: '', hostBeforeMs: Date.now(), hostAfterMs: Date.now() }),
      readClock: async () => [{ ...now(), deviceMs: Date.now() - 60_000 }],
    }),
  ],
  [
    'erase-refuses-wrong-proof',
    (honest) => ({
      erase: (clip, proof, signal) => honest.erase(clip, { ...proof, sizeBytes: clip.sizeBytes }, signal),
    }),
  ],
  ['erase-frees-one-clip', () => ({ erase: async () => {} })],
  [
    'opens-again',
    (honest) => {
      const session = calls++;
      return { identify: async (signal) => ({ ...(await honest.identify(signal)), model: `M${session}` }) };
    },
  ],
  ['unplug-is-told', () => ({ isPresent: async () => true })],
];

test('every rule has a driver that breaks it', () => {
  expect(lies.map(([name]) => name)).toEqual(contractChecks.map(({ name }) => name));
});

test.each(lies)('%s is found broken where it is', async (name, lie) => {
  expect((await findOut(lie)).get(name)).toMatchObject({ verdict: 'broken' });
});

test('an honest driver is found broken nowhere', async () => {
  const verdicts = [...(await findOut(() => ({}))).values()].map(({ verdict }) => verdict);
  expect(verdicts).not.toContain('broken');
  expect(verdicts.filter((verdict) => verdict === 'held').length).toBeGreaterThan(18);
});

test('a driver that hangs is not waited for', async () => {
  const lie: Lie = () => ({ readStatus: () => new Promise(() => {}) });
  expect((await findOut(lie)).get('status')).toMatchObject({
    verdict: 'broken',
    detail: 'not done within 2 s',
  });
});
