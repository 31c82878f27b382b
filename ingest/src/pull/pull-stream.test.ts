import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecorderError, type RecorderErrorCode } from '@docket/device-protocol';
import { blake3 } from '@napi-rs/blake-hash';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryReader, type ReaderBehaviour } from '../testing/memory-reader.ts';
import { fileSystemWithoutDirect, whyNoMounts } from '../testing/small-file-system.ts';
import { sha256 } from '../testing/sound-store.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { HashPool } from './hash-pool.ts';
import { chunkBytes, directAlignmentBytes, PageAlignedRing } from './page-aligned-ring.ts';
import { pullSmall } from './pull-small.ts';
import { pullStream } from './pull-stream.ts';
import { readBackFile } from './read-back.ts';
import { sampleRanges } from './sample-ranges.ts';

const mebibyte = 1024 * 1024;

function content(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index += 1) bytes[index] = (index * 31 + (index >> 12)) & 0xff;
  return bytes;
}

function openPool(): HashPool {
  const pool = new HashPool(2);
  onTestFinished(() => pool.stop());
  return pool;
}

function pullOptions(
  change: { stallTimeoutMs?: number; signal?: AbortSignal; onProgress?: (bytes: number) => void } = {},
) {
  return {
    clipName: 'a.mp4',
    stallTimeoutMs: 20_000,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...change,
  };
}

const failsWith = (code: RecorderErrorCode) => (error: unknown) =>
  isRecorderError(error) && error.code === code;

/** Digest of the sampled stretches, cut out of the whole. */
function sampleOf(bytes: Buffer): string {
  const parts = sampleRanges(bytes.length).map(({ startBytes, endBytes }) =>
    bytes.subarray(startBytes, endBytes),
  );
  return blake3(Buffer.concat(parts)).toString('hex');
}

async function expectPulled(bytes: Buffer, folder: string, pool: HashPool): Promise<void> {
  const destination = join(folder, `${bytes.length}.bin`);
  let progress = 0;
  const onProgress = (taken: number) => {
    progress += taken;
  };
  const pulled = await pullStream(memoryReader(bytes), destination, pool, pullOptions({ onProgress }));
  expect(pulled).toEqual({
    sizeBytes: bytes.length,
    sha256: sha256(bytes),
    blake3: blake3(bytes).toString('hex'),
    sampleBlake3: sampleOf(bytes),
  });
  expect(execFileSync('sha256sum', [destination]).toString().slice(0, 64)).toBe(pulled.sha256);
  expect((await readFile(destination)).equals(bytes)).toBe(true);
  expect(progress).toBe(bytes.length);
  const back = await readBackFile(destination, 'sha256+blake3', pool);
  expect(back).toMatchObject({ sizeBytes: bytes.length, sha256: pulled.sha256, blake3: pulled.blake3 });
}

describe('a pulled clip', () => {
  const sizes = [
    0,
    1,
    4095,
    4096,
    4097,
    mebibyte - 1,
    mebibyte,
    mebibyte + 1,
    8 * mebibyte,
    8 * mebibyte + 1,
    chunkBytes - 1,
    chunkBytes,
    chunkBytes + 1,
    8 * chunkBytes + 1,
  ];
  test.each([...new Set(sizes)])(
    'of %i bytes is the same on the disk, with the digests sha256sum gives',
    async (size) => {
      await expectPulled(content(size), await temporaryFolder(), openPool());
    },
  );

  test('of any length is the same, also where the file system keeps files in memory', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder('in-memory')];
    const pool = openPool();
    const lengths = fc.integer({ min: 1, max: 3 * mebibyte });
    await fc.assert(
      fc.asyncProperty(lengths, fc.constantFrom(...folders), async (size, folder) => {
        const destination = join(folder, `${size}.bin`);
        execFileSync('rm', ['-f', destination]);
        await expectPulled(content(size), folder, pool);
      }),
      { numRuns: 12 },
    );
  });

  test('is read back past the page cache where the file system allows it, and says where it does not', async () => {
    const pool = openPool();
    for (const where of ['on-disk', 'in-memory'] as const) {
      const destination = join(await temporaryFolder(where), 'a.bin');
      await pullStream(memoryReader(content(5000)), destination, pool, pullOptions());
      const isDirect = await open(destination, constants.O_RDONLY | constants.O_DIRECT).then(
        async (handle) => {
          await handle.close();
          return true;
        },
        () => false,
      );
      const { readBack } = await readBackFile(destination, 'blake3', pool);
      expect(readBack).toBe(isDirect ? 'media' : 'cache');
    }
  });

  test('never overwrites what is there', async () => {
    const destination = join(await temporaryFolder(), 'a.bin');
    const pool = openPool();
    await pullStream(memoryReader(content(5000)), destination, pool, pullOptions());
    await expect(pullStream(memoryReader(content(6000)), destination, pool, pullOptions())).rejects.toThrow(
      'EEXIST',
    );
    expect((await stat(destination)).size).toBe(5000);
  });
});

describe('a clip that cannot be taken', () => {
  const size = 3 * chunkBytes + 5;
  const cases: [string, ReaderBehaviour, RecorderErrorCode][] = [
    ['ends early', { claimedBytes: size + 1000 }, 'CLIP_CHANGED'],
    ['was changed', { isChanged: true }, 'CLIP_CHANGED'],
    ['fails at its first byte', { failsAt: 0 }, 'CLIP_READ_FAILED'],
    ['fails in its third buffer', { failsAt: 2 * chunkBytes + 77 }, 'CLIP_READ_FAILED'],
    ['fails at its last byte', { failsAt: size - 1 }, 'CLIP_READ_FAILED'],
  ];
  test.each(cases)(
    'because it %s is told as such, and the next one can be',
    async (_why, behaviour, code) => {
      const folder = await temporaryFolder();
      const pool = openPool();
      const reader = memoryReader(content(size), behaviour);
      const pulling = pullStream(reader, join(folder, 'bad.bin'), pool, pullOptions());
      await expect(pulling).rejects.toSatisfy(failsWith(code));
      await expectPulled(content(size), folder, pool);
    },
  );

  test('because it is given up on the way stops with the reason given', async () => {
    const folder = await temporaryFolder();
    const pool = openPool();
    const stop = new AbortController();
    const reader = memoryReader(content(size), {
      onRead: (positionBytes) => {
        if (positionBytes > 0) stop.abort(new Error('the recorder was pulled out'));
      },
    });
    const pulling = pullStream(reader, join(folder, 'bad.bin'), pool, pullOptions({ signal: stop.signal }));
    await expect(pulling).rejects.toThrow('the recorder was pulled out');
    await expectPulled(content(size), folder, pool);
  });

  test('because no byte comes any more is told as a silent recorder, and its buffers are used no more', async () => {
    const folder = await temporaryFolder();
    const pool = openPool();
    const reader = memoryReader(content(size), { hangsAt: chunkBytes + 1 });
    const pulling = pullStream(reader, join(folder, 'bad.bin'), pool, pullOptions({ stallTimeoutMs: 30 }));
    await expect(pulling).rejects.toSatisfy(failsWith('RECORDER_SILENT'));
    await expectPulled(content(size), folder, pool);
  });
});

describe('a file system without O_DIRECT', () => {
  test.skipIf(whyNoMounts !== null)(
    'takes clips all the same, and the read-back owns up to the cache',
    async () => {
      const folder = fileSystemWithoutDirect();
      const pool = openPool();
      for (const sizeBytes of [1, 5_000, 2 * chunkBytes + 77, 36_000_001]) {
        const bytes = content(sizeBytes);
        const destination = join(folder, String(sizeBytes));
        const pulled = await pullStream(memoryReader(bytes), destination, pool, pullOptions());
        expect(pulled.sha256).toBe(sha256(bytes));
        expect(sha256(await readFile(destination))).toBe(pulled.sha256);
        const stored = await readBackFile(destination, 'blake3', pool);
        expect(stored).toMatchObject({ readBack: 'cache', blake3: pulled.blake3, sizeBytes });
      }
    },
  );

  test.skipIf(whyNoMounts !== null)('takes small clips too', async () => {
    const folder = fileSystemWithoutDirect();
    const bytes = content(70_001);
    const { copied, stored } = await pullSmall(
      memoryReader(bytes),
      join(folder, 'small'),
      openPool(),
      pullOptions(),
    );
    expect(copied.sha256).toBe(sha256(bytes));
    expect(stored).toMatchObject({ readBack: 'cache', blake3: copied.blake3, sizeBytes: 70_001 });
  });
});

describe('a slow wire', () => {
  test('is no stall as long as something comes, and progress is seen piece by piece', async () => {
    const destination = join(await temporaryFolder(), 'media');
    const bytes = content(1_000_000);
    const pool = openPool();
    const wire = { pieceBytes: 65_536, pieceMs: 100 };
    const seen: number[] = [];
    const options = pullOptions({ stallTimeoutMs: 1_000, onProgress: (count) => seen.push(count) });
    const pulled = await pullStream(memoryReader(bytes, { wire }), destination, pool, options);
    expect(pulled.sha256).toBe(sha256(bytes));
    expect(seen).toHaveLength(16);
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(bytes.length);
  });
});

describe('the ring of buffers', () => {
  test('hands out no more than it has, each once, and to those who waited longest first', async () => {
    const ring = new PageAlignedRing(3);
    const held = [await ring.acquire(), await ring.acquire(), await ring.acquire()];
    expect(new Set(held.map(({ offsetBytes }) => offsetBytes)).size).toBe(3);
    const order: string[] = [];
    const waiting = ['first', 'second'].map(async (name) => {
      const chunk = await ring.acquire();
      order.push(name);
      return chunk;
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    for (const chunk of held.slice(0, 2)) ring.release(chunk);
    const got = await Promise.all(waiting);
    expect(order).toEqual(['first', 'second']);
    expect(got.map(({ index }) => index)).toEqual(held.slice(0, 2).map(({ index }) => index));
  });

  test('lies in shared memory, on borders of memory pages, as O_DIRECT wants it', async () => {
    const ring = new PageAlignedRing(2);
    const chunk = await ring.acquire();
    expect(ring.memory).toBeInstanceOf(SharedArrayBuffer);
    expect(chunk.bytes.buffer).toBe(ring.memory);
    expect([chunk.bytes.length, chunk.bytes.byteOffset]).toEqual([chunkBytes, chunk.offsetBytes]);
    expect(chunk.offsetBytes % directAlignmentBytes).toBe(0);
  });
});

describe('the samples of a clip', () => {
  test('are its head, its middle and its tail, in order, never overlapping and never beyond it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(20_000),
          fc.nat(2 ** 31 - 1).map((size) => size * 2 ** 20),
        ),
        (size) => {
          const ranges = sampleRanges(size);
          let end = 0;
          for (const { startBytes, endBytes } of ranges) {
            expect(startBytes).toBeGreaterThanOrEqual(end);
            expect(endBytes).toBeGreaterThan(startBytes);
            end = endBytes;
          }
          expect(end).toBe(size);
          expect(ranges[0]?.startBytes ?? 0).toBe(0);
          const sampled = ranges.reduce((sum, range) => sum + range.endBytes - range.startBytes, 0);
          expect(sampled).toBe(Math.min(size, 3 * 4096));
        },
      ),
    );
  });
});
