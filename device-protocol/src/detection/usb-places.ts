import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

export interface UsbPlacesOptions {
  /** Default `/sys/bus/usb/devices`. */
  devicesDirectory?: string;
}

/** A port path of the kernel: bus, then the ports of root hub and hubs. */
const portPathForm = /^(\d{1,3})-(\d{1,3}(?:\.\d{1,3}){0,6})$/u;
/** Megabits a second from which on a root hub is the SuperSpeed one of its controller. */
const superSpeed = 5_000;

/**
 * Where a port is on the machine, named so that the name outlives a new numbering of the buses: the path of the host
 * controller, which of its root hubs, and the chain of ports. Both connectors' halves of a USB 3 port are one place:
 * that of the USB 2 half. Reads of sysfs come from the kernel's memory, so that they are made at once.
 */
export class UsbPlaces {
  readonly #devices: string;

  constructor({ devicesDirectory = '/sys/bus/usb/devices' }: UsbPlacesOptions = {}) {
    this.#devices = devicesDirectory;
  }

  /** The place of a port path. What is no USB port, or on a bus that is not there, is its own place. */
  placeOf(portPath: string): string {
    const port = parsePortPath(this.#companionOf(portPath) ?? portPath);
    const hub = port === null ? null : this.#rootHub(port.bus);
    return port === null || hub === null ? `name ${portPath}` : `${hub} ${port.chain}`;
  }

  /** Where a place is now, as a port path; `null` while its controller is not there. */
  portPathOf(place: string): string | null {
    const name = /^name (.+)$/u.exec(place)?.[1];
    if (name !== undefined) return name;
    const split = place.lastIndexOf(' ');
    const [hub, chain] = [place.slice(0, split), place.slice(split + 1)];
    const bus = this.#buses().find((candidate) => this.#rootHub(candidate) === hub);
    return bus === undefined ? null : `${bus}-${chain}`;
  }

  /** Controller and kind of a root hub, e.g. `pci0000:00/0000:00:14.0 usb2`. */
  #rootHub(bus: string): string | null {
    try {
      const folder = realpathSync(join(this.#devices, `usb${bus}`));
      const allDevices = realpathSync(join(this.#devices, '../../../devices'));
      return `${relative(allDevices, dirname(folder))} ${this.#isSuperSpeed(bus) ? 'usb3' : 'usb2'}`;
    } catch {
      return null;
    }
  }

  #isSuperSpeed(bus: string): boolean {
    return Number(readFileSync(join(this.#devices, `usb${bus}`, 'speed'), 'utf8')) >= superSpeed;
  }

  #buses(): string[] {
    try {
      return readdirSync(this.#devices).flatMap((name) => /^usb(\d{1,3})$/u.exec(name)?.[1] ?? []);
    } catch {
      return [];
    }
  }

  /** The USB 2 half of the connector of a SuperSpeed port (`peer`, Documentation/ABI/testing/sysfs-bus-usb). */
  #companionOf(portPath: string): string | null {
    const port = parsePortPath(portPath);
    if (port === null) return null;
    try {
      if (!this.#isSuperSpeed(port.bus)) return null;
      return portPathOfPeer(
        basename(readlinkSync(join(this.#devices, ...portFolder(portPath, port), 'peer'))),
      );
    } catch {
      return null;
    }
  }
}

interface Port {
  bus: string;
  chain: string;
}

function parsePortPath(portPath: string): Port | null {
  const [, bus, chain] = portPathForm.exec(portPath) ?? [];
  return bus === undefined || chain === undefined ? null : { bus, chain };
}

/** Where a hub keeps the folder of one of its ports: in its interface, which a root hub numbers as device 0. */
function portFolder(portPath: string, { bus, chain }: Port): string[] {
  const last = chain.lastIndexOf('.');
  if (last < 0) return [`usb${bus}`, `${bus}-0:1.0`, `usb${bus}-port${chain}`];
  const hub = portPath.slice(0, portPath.lastIndexOf('.'));
  return [hub, `${hub}:1.0`, `${hub}-port${chain.slice(last + 1)}`];
}

/** `usb1-port4` is `1-4`; `1-4-port2` is `1-4.2`. */
function portPathOfPeer(name: string): string | null {
  const [, bus, rootPort] = /^usb(\d+)-port(\d+)$/u.exec(name) ?? [];
  if (bus !== undefined) return `${bus}-${rootPort}`;
  const [, hub, port] = /^(\d+-[\d.]+)-port(\d+)$/u.exec(name) ?? [];
  return hub === undefined ? null : `${hub}.${port}`;
}
