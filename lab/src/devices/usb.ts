import type { Machine } from '../machine/machine.ts';
import type { Medium } from './medium.ts';
import { type Plugged, plug } from './plugged.ts';

const bus = 'xhci.0';

/** Where a device stands. Port n of the controller is `2-n` for the kernel at SuperSpeed and `1-n` below. */
export interface Place {
  port: number;
  serial: string;
}

/** A recorder that shows up as a disk (QEMU's usb-storage, SuperSpeed). */
export function plugStorage(machine: Machine, { port, serial }: Place, medium: Medium): Promise<Plugged> {
  const device = { driver: 'usb-storage', bus, port: `${port}`, drive: medium.node, serial, removable: true };
  return plug(machine, device, () => medium.remove());
}

/** A recorder that speaks MTP (QEMU's usb-mtp), with a folder of this host as its store. */
export function plugMtp(machine: Machine, { port, serial }: Place, folder: string): Promise<Plugged> {
  const device = {
    driver: 'usb-mtp',
    bus,
    port: `${port}`,
    serial,
    rootdir: folder,
    desc: 'Recorder',
    readonly: false,
  };
  return plug(machine, device);
}

/** A serial converter (QEMU's usb-serial, an FTDI chip), whose far end is a terminal of this host. */
export async function plugSerial(
  machine: Machine,
  { port, serial }: Place,
  terminal: string,
): Promise<Plugged> {
  const chardev = `serial-${port}`;
  await addTerminal(machine, chardev, terminal);
  const device = { driver: 'usb-serial', bus, port: `${port}`, serial, chardev };
  return plug(machine, device, () => removeChardev(machine, chardev));
}

/** A wire from a terminal of this host to `/dev/virtio-ports/<name>` in the guest. */
export async function plugWire(machine: Machine, name: string, terminal: string): Promise<Plugged> {
  await addTerminal(machine, name, terminal);
  return plug(machine, { driver: 'virtserialport', chardev: name, name }, () => removeChardev(machine, name));
}

/** A program of this host that is a USB device, over the usb-redir protocol on a socket it listens on. */
export async function plugRedirected(machine: Machine, port: number, socket: string): Promise<Plugged> {
  const chardev = `redirected-${port}`;
  await addSocket(machine, chardev, socket);
  // QEMU takes the socket away together with the device.
  return plug(machine, { driver: 'usb-redir', bus, port: `${port}`, chardev });
}

/** Things that no recorder is: a keyboard, a smart card reader, a network adapter. */
export async function plugForeign(
  machine: Machine,
  kind: 'usb-kbd' | 'usb-ccid' | 'usb-net',
  port: number,
): Promise<Plugged> {
  if (kind !== 'usb-net') return plug(machine, { driver: kind, bus, port: `${port}` });
  const netdev = `net-${port}`;
  await machine.qmp.execute('netdev_add', { type: 'user', id: netdev, restrict: true });
  return plug(machine, { driver: kind, bus, port: `${port}`, netdev }, async () => {
    await machine.qmp.execute('netdev_del', { id: netdev });
  });
}

async function addSocket(machine: Machine, id: string, path: string): Promise<void> {
  const backend = { type: 'socket', data: { addr: { type: 'unix', data: { path } }, server: false } };
  await machine.qmp.execute('chardev-add', { id, backend });
}

async function addTerminal(machine: Machine, id: string, device: string): Promise<void> {
  await machine.qmp.execute('chardev-add', { id, backend: { type: 'serial', data: { device } } });
}

async function removeChardev(machine: Machine, id: string): Promise<void> {
  await machine.qmp.execute('chardev-remove', { id });
}
