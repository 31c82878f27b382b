import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isHub } from '../models/match-model.ts';
import { decodeName } from '../names/decode-name.ts';
import type { UsbDeviceFacts, UsbInterfaceFacts } from '../usb/usb-device.ts';
import type { UsbPresence } from './usb-presence.ts';

export interface SysfsUsbOptions {
  /** Default `/sys/bus/usb/devices`. */
  devicesDirectory?: string;
  /** Where terminals have their nodes. Default `/dev`. */
  nodesDirectory?: string;
}

interface KnownDevice {
  instance: string;
  device: UsbDeviceFacts;
}

/** Devices as the kernel names them: bus, then ports. Root hubs (`usb1`) and interfaces (`1-1:1.0`) are others. */
const deviceName = /^\d{1,3}-\d{1,3}(?:\.\d{1,3}){0,6}$/u;
const terminalName = /^tty(?:ACM|USB)\d{1,4}$/u;
/** `bNumInterfaces` is a byte, of which the kernel takes 32. */
const maxInterfaces = 32;
/** A string descriptor holds 126 UTF-16 units, each at most three bytes of UTF-8. */
const longestTextBytes = 126 * 3;

/**
 * Looks at the USB bus through sysfs (Documentation/ABI/stable/sysfs-bus-usb), opening no device. What a device says
 * of itself is read once for each enumeration, so that a look costs little.
 */
export class SysfsUsb {
  readonly #devices: string;
  readonly #nodes: string;
  #known: ReadonlyMap<string, KnownDevice> = new Map();

  constructor({ devicesDirectory = '/sys/bus/usb/devices', nodesDirectory = '/dev' }: SysfsUsbOptions = {}) {
    this.#devices = devicesDirectory;
    this.#nodes = nodesDirectory;
  }

  /** Whether this machine has a USB bus at all. */
  async hasBus(): Promise<boolean> {
    return (await this.#names()).length > 0;
  }

  /** Every device that is no hub and that the kernel has configured, by port path. Throws where sysfs cannot be read. */
  async scan(): Promise<Map<string, UsbPresence>> {
    const names = await this.#names();
    const found = new Map<string, UsbPresence>();
    const known = new Map<string, KnownDevice>();
    for (const portPath of names.filter((name) => deviceName.test(name)).sort()) {
      const one = await this.#look(portPath);
      if (one === null) continue;
      known.set(portPath, one);
      if (isHub(one.device)) continue;
      found.set(portPath, { ...one, terminals: await this.#terminals(one.device) });
    }
    this.#known = known;
    return found;
  }

  async #names(): Promise<string[]> {
    return readdir(this.#devices).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }

  /** `null` for a device that is leaving, or whose interfaces are not all there yet. */
  async #look(portPath: string): Promise<KnownDevice | null> {
    try {
      const folder = join(this.#devices, portPath);
      const [deviceAddress, { ino }] = await Promise.all([readNumber(folder, 'devnum', 10), stat(folder)]);
      const instance = `usb:${portPath}:${deviceAddress}:${ino}`;
      const known = this.#known.get(portPath);
      if (known?.instance === instance) return known;
      const device = await this.#read(portPath, folder, deviceAddress);
      return device === null ? null : { instance, device };
    } catch {
      return null;
    }
  }

  async #read(portPath: string, folder: string, deviceAddress: number): Promise<UsbDeviceFacts | null> {
    const interfaces = await this.#interfaces(portPath);
    // A keyboard must not go unseen because it is the last of the interfaces to be made.
    if (interfaces.length !== (await readNumber(folder, 'bNumInterfaces', 10))) return null;
    const [busNumber, vendorId, productId, release, deviceClass] = await Promise.all([
      readNumber(folder, 'busnum', 10),
      readNumber(folder, 'idVendor', 16),
      readNumber(folder, 'idProduct', 16),
      readNumber(folder, 'bcdDevice', 16),
      readNumber(folder, 'bDeviceClass', 16),
    ]);
    const [manufacturer, product, serialNumber] = await Promise.all(
      ['manufacturer', 'product', 'serial'].map((file) => readText(folder, file)),
    );
    return {
      portPath,
      busNumber,
      deviceAddress,
      vendorId,
      productId,
      release,
      class: deviceClass,
      manufacturer: manufacturer ?? null,
      product: product ?? null,
      serialNumber: serialNumber ?? null,
      interfaces,
    };
  }

  async #interfaces(portPath: string): Promise<UsbInterfaceFacts[]> {
    const interfaces = await Promise.all(
      (await this.#interfaceFolders(portPath)).map(async (folder) => {
        const [number, interfaceClass, subclass, protocol] = await Promise.all([
          readNumber(folder, 'bInterfaceNumber', 16),
          readNumber(folder, 'bInterfaceClass', 16),
          readNumber(folder, 'bInterfaceSubClass', 16),
          readNumber(folder, 'bInterfaceProtocol', 16),
        ]);
        return { number, class: interfaceClass, subclass, protocol };
      }),
    );
    return interfaces.sort((left, right) => left.number - right.number);
  }

  async #interfaceFolders(portPath: string): Promise<string[]> {
    const inDevice = await readdir(join(this.#devices, portPath));
    return inDevice
      .filter((name) => name.startsWith(`${portPath}:`))
      .slice(0, maxInterfaces)
      .map((name) => join(this.#devices, portPath, name));
  }

  /** Serial drivers put a terminal in the interface (`ttyUSB0`), CDC-ACM one folder deeper (`tty/ttyACM0`). */
  async #terminals(device: UsbDeviceFacts): Promise<string[]> {
    if (!device.interfaces.some((one) => one.class === 0x02 || one.class === 0xff)) return [];
    const folders = await this.#interfaceFolders(device.portPath).catch(() => []);
    const names = await Promise.all(
      folders
        .flatMap((folder) => [folder, join(folder, 'tty')])
        .map((folder) => readdir(folder).catch(() => [])),
    );
    const terminals = names.flat().filter((name) => terminalName.test(name));
    return terminals.sort().map((name) => join(this.#nodes, name));
  }
}

async function readNumber(folder: string, file: string, radix: 10 | 16): Promise<number> {
  const text = (await readFile(join(folder, file), 'utf8')).trim();
  const value = Number.parseInt(text, radix);
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`${file} holds no number`);
  return value;
}

/** A string descriptor as the kernel gives it; `null` where the device has none. */
async function readText(folder: string, file: string): Promise<string | null> {
  const bytes = await readFile(join(folder, file)).catch(() => null);
  if (bytes === null) return null;
  // The kernel ends it with a line feed of its own.
  const own = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  const text = decodeName(own.subarray(0, longestTextBytes)).name.trim();
  return text === '' ? null : text;
}
