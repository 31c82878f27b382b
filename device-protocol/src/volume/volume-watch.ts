import { watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AttachmentEvent, AttachmentSource } from '../attachment.ts';
import { isPhantomMount } from './phantom-mount.ts';

/** Port paths as the kernel writes them (`1-1.4.2`), or any plain folder name an operator chose. */
const slotName = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/u;

export interface VolumeWatchOptions {
  /** Folder in which each sub-folder, named by its USB port path, is one slot. */
  directory: string;
  /** How often the folder is looked at in case an event was missed. */
  reconcileIntervalMs: number;
  /** A mount was found whose disk is gone, once for each; it counts as detached. */
  onPhantom?(directory: string): void;
}

/**
 * Yields volumes that appear in and vanish from a folder. A sub-folder counts as attached once it is a mount of
 * its own or has entries (an empty one is a mount point waiting); another file system or folder under the same
 * name is a new attachment.
 */
export function watchVolumes(options: VolumeWatchOptions): AttachmentSource {
  return {
    name: `volumes in ${options.directory}`,
    watch: (signal, onLook) => watchFolder(options, signal, onLook),
  };
}

async function* watchFolder(
  options: VolumeWatchOptions,
  signal: AbortSignal,
  onLook?: () => void,
): AsyncGenerator<AttachmentEvent> {
  let wake = () => {};
  const watcher = watch(options.directory, () => wake());
  watcher.on('error', () => wake());
  const known = new Map<string, string>();
  const phantoms = new Phantoms(options.onPhantom);
  try {
    while (!signal.aborted) {
      const nudged = new Promise<void>((resolve) => {
        wake = resolve;
      });
      yield* differences(known, await look(options.directory, known, phantoms), options.directory);
      onLook?.();
      await firstOf(nudged, options.reconcileIntervalMs, signal);
    }
  } finally {
    watcher.close();
  }
}

/** Mounts whose disk is gone, each told once. */
class Phantoms {
  readonly #tell: (directory: string) => void;
  readonly #told = new Map<string, bigint>();

  constructor(tell: (directory: string) => void = () => {}) {
    this.#tell = tell;
  }

  async has(directory: string, device: bigint): Promise<boolean> {
    if (!(await isPhantomMount(directory, device))) return false;
    if (this.#told.get(directory) !== device) this.#tell(directory);
    this.#told.set(directory, device);
    return true;
  }
}

async function firstOf(nudged: Promise<void>, intervalMs: number, signal: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const either = AbortSignal.any([signal, timer.signal]);
  const interval = delay(intervalMs, undefined, { signal: either }).catch(() => {});
  await Promise.race([nudged, interval]);
  timer.abort();
}

/** A slot whose volume does not answer within this is taken as unchanged, so that it hides no other. */
const slotLookMs = 3_000;

/** Attached volumes by port path; the value names the instance. */
async function look(
  directory: string,
  known: ReadonlyMap<string, string>,
  phantoms: Phantoms,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const parent = await stat(directory, { bigint: true }).catch(() => null);
  if (parent === null) return found;
  const entries = await readdir(directory, { withFileTypes: true });
  const slots = entries.filter((entry) => entry.isDirectory() && slotName.test(entry.name));
  await Promise.all(
    slots.map(async ({ name }) => {
      const unchanged = delay(slotLookMs, known.get(name) ?? null, { ref: false });
      const instance = await Promise.race([
        instanceOf(join(directory, name), parent.dev, phantoms),
        unchanged,
      ]);
      if (instance !== null) found.set(name, instance);
    }),
  );
  return found;
}

async function instanceOf(path: string, parentDevice: bigint, phantoms: Phantoms): Promise<string | null> {
  try {
    const stats = await stat(path, { bigint: true });
    const instance = `${stats.dev}:${stats.ino}${await diskSequence(stats.dev)}`;
    const entries = await readdir(path);
    if (stats.dev === parentDevice) return entries.length > 0 ? instance : null;
    // Asked last: a disk that left meanwhile, and with it its sequence, must not pass for another one.
    return (await phantoms.has(path, stats.dev)) ? null : instance;
  } catch {
    // Gone between the two looks, or a dead mount: not attached.
    return null;
  }
}

/**
 * Tells one disk from the next that gets the same device number (kernel 5.15 and newer count them); empty where the file
 * system lies on no disk of its own.
 */
async function diskSequence(device: bigint): Promise<string> {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  const disk = `/sys/dev/block/${major}:${minor}`;
  const read = (file: string) => readFile(file, 'utf8').catch(() => null);
  const sequence = (await read(`${disk}/diskseq`)) ?? (await read(`${disk}/../diskseq`));
  return sequence === null ? '' : `:${sequence.trim()}`;
}

function* differences(
  known: Map<string, string>,
  found: Map<string, string>,
  directory: string,
): Generator<AttachmentEvent> {
  for (const [portPath, instance] of known) {
    if (found.get(portPath) === instance) continue;
    known.delete(portPath);
    yield { type: 'detached', portPath, instance };
  }
  for (const [portPath, instance] of found) {
    if (known.has(portPath)) continue;
    known.set(portPath, instance);
    const target = { type: 'volume' as const, directory: join(directory, portPath) };
    yield { type: 'attached', attachment: { portPath, instance, target } };
  }
}
