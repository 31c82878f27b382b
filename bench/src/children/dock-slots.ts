import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type DockingStatus, Ingest } from '@docket/ingest';
import { ingestOptions } from './ingest-options.ts';
import { Pace, pacedDriver } from './paced-driver.ts';
import type { SlotsOrder, SlotsReport } from './slots-report.ts';

const idleMs = 3000;
/** A gateway has been up for long when recorders come: its workers have started. */
const settleMs = 1500;
const chunkBytes = 1024 * 1024;
/** The control flushes as often as Docket does where it cannot write past the cache. */
const bufferedSyncBytes = 32 * 1024 * 1024;

/** The moments a run is cut at. */
class Stopwatch {
  readonly #startedMs = performance.now();
  readonly #startedCpu = process.cpuUsage();
  pullSeconds = 0;
  pullCpuSeconds = 0;

  pulled(): void {
    const { user, system } = process.cpuUsage(this.#startedCpu);
    this.pullCpuSeconds = (user + system) / 1e6;
    this.pullSeconds = this.seconds();
  }

  seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }
}

/** Docks the same folder in many slots of one Ingest at once. */
async function dockInSlots(ingest: Ingest, order: SlotsOrder, statuses: Statuses): Promise<void> {
  const driver = pacedDriver(order.bytesPerSecond);
  const undocked = new AbortController();
  statuses.onAllSafe = () => undocked.abort();
  const target = { type: 'volume', directory: order.source } as const;
  await Promise.all(
    Array.from({ length: order.slots }, (_, slot) =>
      ingest.runDocking(driver, { portPath: `1-${slot + 1}`, instance: 'bench', target }, undocked.signal),
    ),
  );
}

/** Watches all slots until the last has pulled and the last is safe. */
class Statuses {
  readonly #slots: number;
  readonly #watch: Stopwatch;
  readonly #pulled = new Set<string>();
  readonly #safe = new Set<string>();
  onAllSafe = () => {};

  constructor(slots: number, watch: Stopwatch) {
    this.#slots = slots;
    this.#watch = watch;
  }

  see({ dockingId, phase, issue }: DockingStatus): void {
    if (phase === 'failed' || phase === 'attention') throw new Error(`a slot failed: ${issue?.detail}`);
    if (phase === 'verifying' && !this.#pulled.has(dockingId)) {
      this.#pulled.add(dockingId);
      if (this.#pulled.size === this.#slots) this.#watch.pulled();
    }
    if (phase === 'safe') this.#safe.add(dockingId);
    if (this.#safe.size === this.#slots) this.onAllSafe();
  }
}

function openIngest(order: SlotsOrder, onStatus: (status: DockingStatus) => void): Promise<Ingest> {
  return Ingest.open(ingestOptions(order.store, { onStatus }));
}

/** The plain way, as a control: each slot reads, hashes on the main thread and writes through the page cache. */
async function hashOnMain(order: SlotsOrder): Promise<void> {
  const [name] = await readdir(order.source);
  if (name === undefined) throw new Error('the source is empty');
  const slot = async (_: unknown, number: number) => {
    const source = await open(join(order.source, name));
    const destination = await open(`${order.store}-${number}`, 'wx');
    try {
      await copySlot(source, destination, new Pace(order.bytesPerSecond));
    } finally {
      await destination.close();
      await source.close();
    }
  };
  await Promise.all(Array.from({ length: order.slots }, slot));
}

async function copySlot(source: FileHandle, destination: FileHandle, pace: Pace): Promise<void> {
  const { size } = await source.stat();
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let unsyncedBytes = 0;
  for (let position = 0; position < size; ) {
    await pace.wait(Math.min(chunkBytes, size - position));
    const { bytesRead } = await source.read(chunk, 0, chunkBytes, position);
    const bytes = chunk.subarray(0, bytesRead);
    const written = destination.write(bytes, 0, bytesRead, position);
    hash.update(bytes);
    await written;
    position += bytesRead;
    unsyncedBytes += bytesRead;
    if (unsyncedBytes < bufferedSyncBytes) continue;
    unsyncedBytes = 0;
    await destination.datasync();
  }
  await destination.sync();
  hash.digest('hex');
}

async function run(order: SlotsOrder): Promise<SlotsReport> {
  let statuses: Statuses | undefined;
  const ingest =
    order.mode === 'hash-on-main' ? null : await openIngest(order, (status) => statuses?.see(status));
  await delay(settleMs);
  const loopDelay = monitorEventLoopDelay({ resolution: 5 });
  loopDelay.enable();
  const watch = new Stopwatch();
  statuses = new Statuses(order.slots, watch);
  if (order.mode === 'idle') await delay(idleMs);
  else if (ingest === null) await hashOnMain(order);
  else await dockInSlots(ingest, order, statuses);
  const safeSeconds = watch.seconds();
  if (watch.pullSeconds === 0) watch.pulled();
  loopDelay.disable();
  await ingest?.close();
  return {
    pullSeconds: watch.pullSeconds,
    safeSeconds,
    pullCpuSeconds: watch.pullCpuSeconds,
    maxRssMib: process.resourceUsage().maxRSS / 1024,
    loopDelayMs: {
      p50: loopDelay.percentile(50) / 1e6,
      p99: loopDelay.percentile(99) / 1e6,
      max: loopDelay.max / 1e6,
    },
  };
}

const [argument] = process.argv.slice(2);
if (argument === undefined) throw new Error('usage: dock-slots.js ORDER');
const order: SlotsOrder = JSON.parse(argument);
console.log(JSON.stringify(await run(order)));
