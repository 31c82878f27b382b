import { open, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';

const sectorBytes = 512;
/** Where the first partition of a card begins, as camera makers do it. */
const partitionStart = 8192;

/** What mtools take for local time is what stands on the card. */
const cardTime = { TZ: 'UTC', MTOOLS_SKIP_CHECK: '1' };

/** A card image with one FAT32 partition that holds the files of a folder. Needs no mount. */
export async function writeFat32Card(
  image: string,
  label: string,
  folder: string,
  sizeMiB: number,
): Promise<void> {
  await blankCard(image, sizeMiB, 0x0c);
  const sectors = (sizeMiB * 2 ** 20) / sectorBytes - partitionStart;
  await runProgram('mkfs.vfat', [
    '-F',
    '32',
    '-n',
    label,
    '--offset',
    `${partitionStart}`,
    image,
    `${sectors / 2}`,
  ]);
  const names = await readdir(folder);
  const drive = `${image}@@${partitionStart * sectorBytes}`;
  const files = names.map((name) => join(folder, name));
  const variables = Object.entries(cardTime).map(([name, value]) => `${name}=${value}`);
  await runProgram('env', [...variables, 'mcopy', '-i', drive, '-s', '-m', '-Q', ...files, '::/']);
}

/** A card image with one exFAT partition, empty: only a kernel can fill it. */
export async function writeExfatCard(image: string, label: string, sizeMiB: number): Promise<void> {
  const partition = `${image}.partition`;
  await writeFile(partition, '');
  await truncate(partition, sizeMiB * 2 ** 20 - partitionStart * sectorBytes);
  await runProgram('mkfs.exfat', ['-L', label, partition]);
  await blankCard(image, sizeMiB, 0x07);
  await runProgram('dd', [
    ...[`if=${partition}`, `of=${image}`, 'bs=1M', `seek=${(partitionStart * sectorBytes) / 2 ** 20}`],
    ...['conv=notrunc,sparse', 'status=none'],
  ]);
  await runProgram('rm', [partition]);
}

/** An image with a master boot record that has one partition of the given type. */
async function blankCard(image: string, sizeMiB: number, type: number): Promise<void> {
  const sectors = (sizeMiB * 2 ** 20) / sectorBytes;
  const record = Buffer.alloc(sectorBytes);
  record.writeUInt8(type, 446 + 4);
  record.writeUInt32LE(partitionStart, 446 + 8);
  record.writeUInt32LE(sectors - partitionStart, 446 + 12);
  record.writeUInt16LE(0xaa55, 510);
  const file = await open(image, 'w');
  try {
    await file.write(record, 0, sectorBytes, 0);
    await file.truncate(sizeMiB * 2 ** 20);
  } finally {
    await file.close();
  }
}

/** First byte of the partition. */
export const partitionOffsetBytes = partitionStart * sectorBytes;
