import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface FakeDevice {
  vendorId?: string;
  productId?: string;
  /** Class triples, `'080650'`. */
  interfaces: readonly string[];
  class?: string;
  manufacturer?: string | Uint8Array;
  product?: string | Uint8Array;
  serialNumber?: string;
  address?: number;
  /** Terminals by interface number, as the drivers name them. */
  terminals?: Record<number, string>;
  /** What `bNumInterfaces` says, where it is not the number of those that are there yet. */
  announcedInterfaces?: number;
}

/** A folder laid out as the kernel lays out `/sys/bus/usb/devices` (links into a tree of folders). */
export class FakeSysfs {
  readonly root: string;
  readonly devicesDirectory: string;
  readonly nodesDirectory: string;

  private constructor(root: string) {
    this.root = root;
    this.devicesDirectory = join(root, 'bus/usb/devices');
    this.nodesDirectory = join(root, 'dev');
  }

  static async make(): Promise<FakeSysfs> {
    const sysfs = new FakeSysfs(await mkdtemp(join(tmpdir(), 'docket-sysfs-')));
    await mkdir(sysfs.devicesDirectory, { recursive: true });
    await mkdir(sysfs.nodesDirectory);
    await sysfs.#place('usb1', join(root(sysfs), 'usb1'), { interfaces: ['090000'], class: '09' });
    return sysfs;
  }

  async plug(portPath: string, device: FakeDevice): Promise<void> {
    await this.#place(portPath, join(root(this), 'usb1', portPath), device);
  }

  async unplug(portPath: string): Promise<void> {
    const links = await readdir(this.devicesDirectory);
    for (const link of links.filter((name) => name === portPath || name.startsWith(`${portPath}:`))) {
      await rm(join(this.devicesDirectory, link));
    }
    await rm(join(root(this), 'usb1', portPath), { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async #place(name: string, folder: string, device: FakeDevice): Promise<void> {
    const interfaces = await Promise.all(
      device.interfaces.map(async (triple, number) => {
        const below = join(folder, `${name}:1.${number}`);
        await writeAll(below, {
          bInterfaceNumber: hex(number),
          bInterfaceClass: triple.slice(0, 2),
          bInterfaceSubClass: triple.slice(2, 4),
          bInterfaceProtocol: triple.slice(4, 6),
        });
        const terminal = device.terminals?.[number];
        if (terminal === undefined) return below;
        await mkdir(join(below, terminal.startsWith('ttyACM') ? join('tty', terminal) : terminal), {
          recursive: true,
        });
        await writeFile(join(this.nodesDirectory, terminal), '');
        return below;
      }),
    );
    await writeAll(folder, {
      busnum: '1',
      devnum: String(device.address ?? 5),
      idVendor: device.vendorId ?? '1234',
      idProduct: device.productId ?? 'abcd',
      bcdDevice: '0210',
      bDeviceClass: device.class ?? '00',
      bNumInterfaces: ` ${device.announcedInterfaces ?? interfaces.length}`,
      manufacturer: device.manufacturer,
      product: device.product,
      serial: device.serialNumber,
    });
    for (const one of [folder, ...interfaces]) {
      await symlink(one, join(this.devicesDirectory, basename(one)));
    }
  }
}

const root = (sysfs: FakeSysfs) => join(dirname(sysfs.nodesDirectory), 'devices');
const hex = (value: number) => value.toString(16).padStart(2, '0');

/** Attributes as sysfs gives them, each with a line feed at its end. */
async function writeAll(
  folder: string,
  attributes: Record<string, string | Uint8Array | undefined>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [file, value] of Object.entries(attributes)) {
    if (value !== undefined)
      await writeFile(join(folder, file), Buffer.concat([Buffer.from(value), lineFeed]));
  }
}

const lineFeed = Buffer.from('\n');
