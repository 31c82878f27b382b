import { type FSWatcher, watch } from 'node:fs';
import { lstat, readlink, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Attachment, AttachmentEvent, AttachmentSource } from '../attachment.ts';

export interface SerialPortSetting {
  /** Path of the port, best a stable link such as `/dev/serial/by-path/…`. */
  devicePath: string;
  baudRate: number;
  /** USB port path of the slot the port belongs to. */
  portPath: string;
}

export interface SerialAttachmentOptions {
  ports: readonly SerialPortSetting[];
  /** How often every port is looked at although nothing was heard of it. Default 2000. */
  reconcileMs?: number;
}

/** Watches configured serial ports: attached while the path leads to a terminal, anew when it leads to another one. */
export function serialAttachments(options: SerialAttachmentOptions): AttachmentSource {
  return { name: 'serial', watch: (signal, onLook) => watchPorts(options, signal, onLook) };
}

async function* watchPorts(
  { ports, reconcileMs = 2000 }: SerialAttachmentOptions,
  signal: AbortSignal,
  onLook?: () => void,
): AsyncGenerator<AttachmentEvent> {
  const present = new Map<SerialPortSetting, string>();
  const folders = new FolderWatch(ports.map(({ devicePath }) => dirname(devicePath)));
  try {
    while (!signal.aborted) {
      folders.prepare();
      for (const port of ports) yield* compare(port, await instanceOf(port.devicePath), present);
      onLook?.();
      await folders.change(reconcileMs, signal);
    }
  } finally {
    folders.close();
  }
}

function* compare(
  port: SerialPortSetting,
  instance: string | null,
  present: Map<SerialPortSetting, string>,
): Generator<AttachmentEvent> {
  const known = present.get(port);
  if (known !== undefined && known !== instance) {
    present.delete(port);
    yield { type: 'detached', portPath: port.portPath, instance: known };
  }
  if (instance !== null && known !== instance) {
    present.set(port, instance);
    yield { type: 'attached', attachment: attachmentOf(port, instance) };
  }
}

function attachmentOf({ devicePath, baudRate, portPath }: SerialPortSetting, instance: string): Attachment {
  return { portPath, instance, target: { type: 'serial', devicePath, baudRate } };
}

/** What a path leads to, told apart from what it led to before; `null` where that is no terminal. */
async function instanceOf(devicePath: string): Promise<string | null> {
  try {
    const [link, device] = await Promise.all([
      lstat(devicePath, { bigint: true }),
      stat(devicePath, { bigint: true }),
    ]);
    if (!device.isCharacterDevice()) return null;
    const node = `${device.dev}:${device.ino}:${device.rdev}`;
    if (!link.isSymbolicLink()) return node;
    // A terminal number is soon given again, so the link itself has to be the same one too.
    return `${node}@${await readlink(devicePath)}:${link.dev}:${link.ino}:${link.ctimeNs}`;
  } catch {
    return null;
  }
}

/** Wakes on any change in some folders. A folder that cannot be watched is looked at by time only. */
class FolderWatch {
  readonly #folders: ReadonlySet<string>;
  readonly #watchers = new Map<string, FSWatcher>();
  #changed = false;
  #wake: () => void = () => undefined;

  constructor(folders: Iterable<string>) {
    this.#folders = new Set(folders);
  }

  /** Starts what watchers are missing; what changes from here on ends the next `change` at once. */
  prepare(): void {
    this.#changed = false;
    for (const folder of this.#folders) {
      if (!this.#watchers.has(folder)) this.#start(folder);
    }
  }

  #start(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#notice());
      // Its folder went away: it is watched again when it is back.
      watcher.on('error', () => this.#stop(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // Not there yet.
    }
  }

  #stop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #notice(): void {
    this.#changed = true;
    this.#wake();
  }

  async change(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#changed || signal.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
      this.#wake = resolve;
      signal.addEventListener('abort', this.#wake, { once: true });
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', this.#wake);
  }

  close(): void {
    for (const folder of [...this.#watchers.keys()]) this.#stop(folder);
  }
}
