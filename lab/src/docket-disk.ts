import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { repository } from './repository.ts';
import { runProgram } from './run-program.ts';

const rooms = ['device-protocol', 'ingest', 'gateway', 'dashboard'];
/** Not needed to run: maps, types, sources of natives, binaries for other systems. */
const ballast =
  /\.(?:map|d\.[cm]?ts|o|a)$|\/sqlite3\/(?:deps|src|build\/Release\/obj)|\/prebuilds\/(?!linux-x64)/u;

/** The image is of this size whatever it holds: a saved machine knows the size of its disks. */
export const docketDiskSize = '384M';

/**
 * Writes an ext4 image with the gateway as it is built here and the packages it needs, as it would stand in
 * /usr/lib/docket, with the units of systemd/ beside it.
 */
export async function writeDocketDisk(image: string): Promise<void> {
  const stage = await mkdtemp(join(tmpdir(), 'docket-disk-'));
  try {
    await stageGateway(stage);
    await cp(join(repository, 'systemd'), join(stage, 'systemd'), { recursive: true });
    await runProgram('truncate', ['-s', docketDiskSize, image]);
    await runProgram('mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', stage, image]);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function stageGateway(stage: string): Promise<void> {
  for (const room of rooms) {
    for (const part of ['package.json', 'bin', 'dist']) {
      const from = join(repository, room, part);
      await cp(from, join(stage, room, part), { recursive: true, filter: wanted }).catch(ignoreMissing);
    }
  }
  for (const folder of await productionPackages()) {
    await cp(folder, join(stage, relative(repository, folder)), { recursive: true, filter: wanted });
  }
  await mkdir(join(stage, 'node_modules/@docket'), { recursive: true });
  for (const room of rooms) await symlink(`../../${room}`, join(stage, 'node_modules/@docket', room));
}

const wanted = (path: string) => !ballast.test(path);

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Folders of every package the gateway needs to run, as npm knows them. */
async function productionPackages(): Promise<string[]> {
  // npm answers with code 1 when some optional package is missing; the list is whole all the same.
  const list = await runProgram(
    'sh',
    ['-c', 'npm ls --omit=dev --all --parseable --workspace gateway 2>/dev/null; true'],
    { cwd: repository },
  );
  return [...new Set(list.split('\n').filter((folder) => folder.includes('/node_modules/')))].filter(
    (folder) => !folder.includes('/node_modules/@docket/'),
  );
}

/** Everything whose change makes another disk. */
export const docketDiskInputs = [
  ...rooms.map((room) => join(repository, room, 'dist')),
  join(repository, 'gateway/bin'),
  join(repository, 'package-lock.json'),
  join(repository, 'systemd'),
];
