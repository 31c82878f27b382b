import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { sha256Hex } from '../../store/sealed-record.ts';
import { whyNoMounts } from '../../testing/small-file-system.ts';
import { filesBelow } from '../../testing/sound-store.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

/** An ext4 disk in a file, mounted until the test ends. */
function mountDisk(image: string, folder: string): string {
  mkdirSync(folder);
  execFileSync('mount', ['-o', 'loop', image, folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  return folder;
}

const depositing = fileURLToPath(new URL('../../testing/depositing-process.js', import.meta.url));

test.skipIf(whyNoMounts !== null)(
  'whatever the archive said it holds is there, and right, after a power cut',
  { timeout: 120_000 },
  async () => {
    const base = await temporaryFolder();
    const image = join(base, 'disk.img');
    execFileSync('truncate', ['-s', '256M', image]);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    const disk = mountDisk(image, join(base, 'disk'));
    const child = spawn(process.execPath, [depositing, disk, base], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const claimed: string[] = [];
    const enough = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        claimed.push(line);
        if (claimed.length === 23) resolve();
      });
    });
    await enough;
    // Frozen, the disk is copied as it stands: what only the page cache holds is not in the copy.
    child.kill('SIGSTOP');
    await writeFile(join(disk, 'not-durable'), 'x'.repeat(10_000));
    const cut = join(base, 'cut.img');
    execFileSync('cp', ['--sparse=always', image, cut]);
    const stood = [...claimed];
    child.kill('SIGKILL');
    await once(child, 'close');
    const after = mountDisk(cut, join(base, 'after'));
    const files = await filesBelow(after);
    for (const line of stood) {
      const [key = '', sha256] = line.split(' ');
      expect(files).toContain(key);
      expect(sha256Hex(await readFile(join(after, key)))).toBe(sha256);
    }
    // Nothing lies under the name of content that it is not.
    for (const key of files.filter((file) => file.startsWith('clips/'))) {
      expect(sha256Hex(await readFile(join(after, key)))).toBe(key.split('/').at(-1));
    }
    expect(files).not.toContain('not-durable');
  },
);
