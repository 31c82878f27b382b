import type { Machine } from '../machine/machine.ts';
import { partitionOffsetBytes } from '../media/card-image.ts';
import { soundMedium } from './medium.ts';
import { plug } from './plugged.ts';

/**
 * Has the guest's kernel copy what is on a FAT32 card to an exFAT card. Both hang on the virtio bus meanwhile, where
 * nobody takes them for recorders.
 */
export async function fillExfatCard(machine: Machine, image: string, source: string): Promise<void> {
  const disks = [];
  for (const [serial, file] of [
    ['lab-target', image],
    ['lab-source', source],
  ] as const) {
    const medium = await soundMedium(machine, serial, file);
    disks.push(await plug(machine, { driver: 'virtio-blk-pci', drive: medium.node, serial }, medium.remove));
  }
  const byId = '/dev/disk/by-id/virtio-lab';
  await machine.sh(`set -e
    udevadm wait --timeout=60 ${byId}-target ${byId}-source
    mkdir -p /run/lab/target /run/lab/source
    mount -t exfat -o loop,offset=${partitionOffsetBytes} ${byId}-target /run/lab/target
    mount -t vfat -o ro,loop,offset=${partitionOffsetBytes},tz=UTC ${byId}-source /run/lab/source
    cp -r --preserve=timestamps /run/lab/source/. /run/lab/target/
    umount /run/lab/source /run/lab/target
    sync`);
  for (const disk of disks) await disk.yank();
}
