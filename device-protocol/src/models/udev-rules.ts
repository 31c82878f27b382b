import { foreignInterfaces } from './foreign-interfaces.ts';
import { hex } from './hex.ts';
import type { DeviceRule, InterfaceRule, KnownModel } from './known-model.ts';

/**
 * udev rules made from the table: who may open which node, and which disks are mounted. `ID_USB_INTERFACES` is set by
 * udev's own rules (`usb_id`): class triples of every interface, `:080650:020201:`.
 */
export function udevRules(models: readonly KnownModel[]): string {
  const claimed = models.filter(({ way }) => way.by === 'interface');
  return `${[
    '# Generated from the table of known models (device-protocol/src/models): npm run spec.',
    '# Nodes of recorders for the group docket; their file systems mounted by docket-volume@.service.',
    '',
    'ACTION=="remove", GOTO="docket_end"',
    'SUBSYSTEM!="usb|tty|block", GOTO="docket_end"',
    '',
    '# On a dock nobody but Docket mounts what is plugged in.',
    'SUBSYSTEM=="block", SUBSYSTEMS=="usb", ENV{UDISKS_IGNORE}="1"',
    '',
    '# A device with one of these interfaces is no recorder, whatever else it claims to be:',
    ...foreignInterfaces.map((rule) => `#   ${rule.title}`),
    `ENV{ID_USB_INTERFACES}=="${foreignInterfaces.map(interfaceGlob).join('|')}", GOTO="docket_end"`,
    '',
    '# Recorders that Docket drives itself.',
    ...claimed.flatMap((model) => [`# ${model.title}`, nodeRule(model.match)]),
    '',
    '# Serial lines of recorders. Which ones are opened is decided by the table and the configuration.',
    'SUBSYSTEM=="tty", SUBSYSTEMS=="usb", KERNEL=="ttyACM[0-9]*|ttyUSB[0-9]*", GROUP="docket", MODE="0660", TAG+="docket", ENV{ID_MM_DEVICE_IGNORE}="1", ENV{ID_MM_PORT_IGNORE}="1"',
    '',
    '# Cards of recorders.',
    'SUBSYSTEM=="block", SUBSYSTEMS=="usb", ENV{ID_FS_USAGE}=="filesystem", TAG+="systemd", TAG+="docket", ENV{SYSTEMD_WANTS}+="docket-volume@%k.service"',
    '',
    'LABEL="docket_end"',
  ].join('\n')}\n`;
}

function nodeRule(rule: DeviceRule): string {
  return [
    'SUBSYSTEM=="usb"',
    'ENV{DEVTYPE}=="usb_device"',
    ...(rule.vendorId === undefined ? [] : [`ATTR{idVendor}=="${hex(rule.vendorId, 4)}"`]),
    ...(rule.productId === undefined ? [] : [`ATTR{idProduct}=="${hex(rule.productId, 4)}"`]),
    ...(rule.product === undefined ? [] : [`ATTR{product}=="${rule.product}"`]),
    `ENV{ID_USB_INTERFACES}=="${interfaceGlob(rule.interface)}"`,
    'GROUP="docket"',
    'MODE="0660"',
    'TAG+="docket"',
  ].join(', ');
}

function interfaceGlob({ class: interfaceClass, subclass, protocol }: InterfaceRule): string {
  const part = (value: number | undefined) => (value === undefined ? '??' : hex(value, 2));
  return `*:${part(interfaceClass)}${part(subclass)}${part(protocol)}:*`;
}
