import type { Machine } from '../machine/machine.ts';
import { plug } from './plugged.ts';

/** The address that QEMU's own network gives to the guest. */
const guestAddress = '10.0.2.15';

/**
 * Plugs a network adapter in, by which this host reaches ports of the guest, and the guest reaches nothing. Resolves with
 * the port of this host for each port of the guest.
 */
export async function plugNetwork(
  machine: Machine,
  usbPort: number,
  guestPorts: readonly number[],
): Promise<Map<number, number>> {
  const id = 'lab-network';
  const hostfwd = guestPorts.map((port) => ({ str: `tcp:127.0.0.1:0-:${port}` }));
  await machine.qmp.execute('netdev_add', { type: 'user', id, restrict: true, hostfwd });
  await plug(machine, { driver: 'usb-net', bus: 'xhci.0', port: `${usbPort}`, netdev: id });
  await machine.until('ls /sys/class/net | grep -v ^lo$');
  await machine.sh(
    `device=$(ls /sys/class/net | grep -v ^lo$); ip addr add ${guestAddress}/24 dev $device; ip link set $device up`,
  );
  const told = await machine.qmp.execute<string>('human-monitor-command', { 'command-line': 'info usernet' });
  return new Map(guestPorts.map((port) => [port, forwardedPort(told, port)]));
}

/** A line of `info usernet`: `TCP[HOST_FORWARD] 14 127.0.0.1 40123 10.0.2.15 8554 0 0`. */
function forwardedPort(told: string, guestPort: number): number {
  const line = new RegExp(
    `HOST_FORWARD\\S*\\s+\\d+\\s+127\\.0\\.0\\.1\\s+(\\d+)\\s+\\S+\\s+${guestPort}\\s`,
    'u',
  ).exec(told);
  if (line === null) throw new Error(`port ${guestPort} is not forwarded: ${told}`);
  return Number(line[1]);
}
