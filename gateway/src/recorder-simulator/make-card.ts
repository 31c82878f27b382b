import { execFile } from 'node:child_process';
import { mkdir, open, readdir, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a recorder names its clips. */
export const namings = ['dcam', 'device-officer-time', 'novatek'] as const;
export type Naming = (typeof namings)[number];

export interface CardPlan {
  folder: string;
  serialNumber: string;
  officerNumber: string;
  clips: number;
  clipBytes: number;
  naming: Naming;
  /** Every so manieth clip is marked; 0 for none. */
  markEvery: number;
  /** Every second name holds Chinese characters in GBK. */
  isGbk: boolean;
  /** A file on the card says whose it is; recorders that say so themselves have none. */
  hasIdentityFile: boolean;
}

const minuteMs = 60_000;
/** 现场 in GBK. */
const gbkWord = Buffer.from('cfd6b3a1', 'hex');

/**
 * Records clips on a card, as a recorder would: a day's folder, names of its habit, and who it is. What lies there
 * stays; numbering and time go on after it. Bytes are a pattern, not playable. Resolves with the clips now on it.
 */
export async function makeCard(plan: CardPlan): Promise<number> {
  await mkdir(plan.folder, { recursive: true });
  const before = await countClips(plan.folder);
  const firstMs = Date.now() - plan.clips * minuteMs;
  for (let index = 0; index < plan.clips; index++) {
    const startedAt = new Date(firstMs + index * minuteMs);
    const path = Buffer.concat([Buffer.from(`${plan.folder}/`), clipPath(plan, before + index, startedAt)]);
    await mkdir(dirname(path.toString('latin1')), { recursive: true });
    await writePattern(path, plan.clipBytes, before + index);
    const endedAt = new Date(startedAt.getTime() + minuteMs / 2);
    await utimes(path, endedAt, endedAt);
  }
  if (plan.hasIdentityFile) await writeIdentity(plan);
  return before + plan.clips;
}

/** A FAT32 image of a folder, as a recorder's card would be read. Needs mkfs.vfat and mtools. */
export async function makeImage(folder: string, image: string, sizeBytes: number): Promise<void> {
  await writeFile(image, '');
  await truncate(image, sizeBytes);
  await run('mkfs.vfat', ['-F', '32', '-n', 'RECORDER', image]);
  const entries = await readdir(folder);
  if (entries.length === 0) return;
  await run('mcopy', ['-s', '-m', '-i', image, ...entries.map((entry) => join(folder, entry)), '::/']);
}

async function countClips(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true, encoding: 'latin1' });
  return names.filter((name) => /\.mp4$/iu.test(name)).length;
}

function clipPath(
  { serialNumber, officerNumber, naming, markEvery, isGbk }: CardPlan,
  index: number,
  at: Date,
) {
  const number = String(index + 1).padStart(4, '0');
  // Wall clock of the recorder: +08:00, whatever zone this machine stands in.
  const wall = new Date(at.getTime() + 8 * 60 * minuteMs).toISOString();
  const date = wall.slice(0, 10).replaceAll('-', '');
  const time = wall.slice(11, 19).replaceAll(':', '');
  const mark = markEvery > 0 && (index + 1) % markEvery === 0 ? '_IMP' : '';
  const name = {
    dcam: `DCAM_${serialNumber}_${officerNumber}_${date}_${time}${mark}`,
    'device-officer-time': `${serialNumber}_${officerNumber}_${date}${time}_${number}${mark}`,
    novatek: `${date.slice(0, 4)}_${date.slice(4)}_${time}_${number}${mark}`,
  }[naming];
  const word = isGbk && index % 2 === 0 ? gbkWord : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(`DCIM/${date}/${name}`), word, Buffer.from('.mp4')]);
}

/** Each clip differs from every other, and each place of a clip from its neighbours. */
async function writePattern(path: Buffer, sizeBytes: number, seed: number): Promise<void> {
  const block = Buffer.alloc(Math.min(sizeBytes, 1024 * 1024));
  const file = await open(path, 'wx');
  try {
    for (let position = 0; position < sizeBytes; position += block.length) {
      for (let at = 0; at + 8 <= block.length; at += 8) {
        block.writeUInt32LE(seed, at);
        block.writeUInt32LE((position + at) >>> 0, at + 4);
      }
      await file.write(block, 0, Math.min(block.length, sizeBytes - position), position);
    }
  } finally {
    await file.close();
  }
}

async function writeIdentity({ folder, serialNumber, officerNumber }: CardPlan): Promise<void> {
  const file = join(folder, 'DCAM_FACTORY', 'device_identity.json');
  if ((await stat(file).catch(() => null)) !== null) return;
  await mkdir(dirname(file), { recursive: true });
  const identity = {
    device_id: serialNumber,
    vendor: 'Docket',
    model: 'Simulated recorder',
    user_id: officerNumber,
  };
  await writeFile(file, JSON.stringify(identity));
}
