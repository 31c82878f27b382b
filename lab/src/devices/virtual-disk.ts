import type { Machine } from '../machine/machine.ts';
import { partitionOffsetBytes } from '../media/card-image.ts';
import { soundMedium } from './medium.ts';
import { type Plugged, plug } from './plugged.ts';

/** Whole disks on the virtio bus, where nobody takes them for recorders; by their serial numbers. */
async function withDisks(machine: Machine, files: Record<string, string>, script: string): Promise<void> {
  const disks: Plugged[] = [];
  for (const [serial, file] of Object.entries(files)) {
    const medium = await soundMedium(machine, serial, file);
    disks.push(await plug(machine, { driver: 'virtio-blk-pci', drive: medium.node, serial }, medium.remove));
  }
  const nodes = Object.keys(files).map((serial) => `/dev/disk/by-id/virtio-${serial}`);
  await machine.sh(`set -e\nudevadm wait --timeout=60 ${nodes.join(' ')}\n${script}\nsync`);
  for (const disk of disks) await disk.yank();
}

const source = `mkdir -p /run/lab/source /run/lab/target
mount -t vfat -o ro,loop,offset=${partitionOffsetBytes},tz=UTC,iocharset=utf8 /dev/disk/by-id/virtio-source /run/lab/source`;

/** Has the guest's kernel copy what is on a FAT32 card to an empty exFAT card. */
export function fillExfatCard(machine: Machine, image: string, fat32Image: string): Promise<void> {
  return withDisks(
    machine,
    { source: fat32Image, target: image },
    `${source}
    mount -t exfat -o loop,offset=${partitionOffsetBytes} /dev/disk/by-id/virtio-target /run/lab/target
    cp -r --preserve=timestamps /run/lab/source/. /run/lab/target/
    umount /run/lab/source /run/lab/target`,
  );
}

/** Copies what is on a FAT32 card into a folder of the guest. */
export function copyIntoGuest(machine: Machine, fat32Image: string, folder: string): Promise<void> {
  return withDisks(
    machine,
    { source: fat32Image },
    `${source}\nmkdir -p ${folder}\ncp -r --preserve=timestamps /run/lab/source/. ${folder}/\numount /run/lab/source`,
  );
}

/** Has the whole card image itself in the guest, as a file. */
export function copyImageIntoGuest(machine: Machine, image: string, file: string): Promise<void> {
  return withDisks(machine, { source: image }, `cp --sparse=always /dev/disk/by-id/virtio-source ${file}`);
}
