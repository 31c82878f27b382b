/** What a machine is made of. A saved state loads only into a machine of the same parts. */
export interface MachineParts {
  kernel: string;
  initrd: string;
  /** The system, never written. */
  rootDisk: string;
  /** The built gateway, never written. */
  docketDisk: string;
  /** Store and archive. */
  dataDisk: string;
  /** Whether what is written to the data disk is thrown away in the end. */
  throwaway: boolean;
}

const kernelCommandLine = [
  'console=ttyS0',
  'quiet',
  'panic=-1',
  'mitigations=off',
  'nokaslr',
  // Under emulation the TSC lies by a factor.
  'clocksource=acpi_pm',
  'systemd.show_status=0',
];

/**
 * Always emulated, never KVM: a node in /dev does not mean that it works, and scenarios should take the same course
 * everywhere.
 */
export function qemuArguments(parts: MachineParts, runFolder: string): string[] {
  const disk = (id: string, file: string, options: string) => [
    ...['-drive', `if=none,id=${id},format=raw,file=${file},${options}`],
    ...['-device', `virtio-blk-pci,drive=${id},serial=${id}`],
  ];
  return [
    ...['-M', 'pc', '-accel', 'tcg,thread=multi', '-smp', '1', '-cpu', 'max', '-m', '1536'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-serial', `file:${runFolder}/console.log`],
    ...['-qmp', `unix:${runFolder}/qmp,server=on,wait=off`],
    ...['-chardev', `socket,id=agent,path=${runFolder}/agent,server=on,wait=off`],
    ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=agent,name=lab'],
    ...['-kernel', parts.kernel, '-initrd', parts.initrd, '-append', kernelCommandLine.join(' ')],
    ...disk('root', parts.rootDisk, 'readonly=on'),
    ...disk('docket', parts.docketDisk, 'readonly=on'),
    ...disk('data', parts.dataDisk, `cache=unsafe,discard=unmap,snapshot=${parts.throwaway ? 'on' : 'off'}`),
    ...['-device', 'qemu-xhci,id=xhci,p2=8,p3=8'],
    ...['-device', 'i6300esb', '-action', 'watchdog=reset'],
  ];
}
