import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectTrue } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import { partitionOffsetBytes } from '../media/card-image.ts';
import { runProgram } from '../run-program.ts';
import type { Scenario } from '../scenario.ts';

export const releasePowerCut: Scenario = {
  name: 'release-power-cut',
  title: 'power cut in release: the card is sound, and what is gone from it stands in the archive',
  keepsData: true,
  run: async (lab) => {
    const card = await lab.fat32Card('freed', clips(12, mebibyte));
    await lab.docket.restartWith({ DOCKET_RELEASE_POLICY: 'after-receipt' });
    await lab.plugCard('freed', 1, card);
    await lab.machine.until(
      'curl -s "http://127.0.0.1:8686/api/v1/clips?state=released" | grep -q \'"released"\'',
      400_000,
    );
    await lab.machine.off();
    const partition = lab.file('partition.img');
    await runProgram('dd', [
      ...[
        `if=${card.image}`,
        `of=${partition}`,
        'bs=1M',
        `skip=${partitionOffsetBytes / mebibyte}`,
        'status=none',
      ],
    ]);
    // Mends only what a card may always show after a power cut: the dirty mark and the count of free clusters.
    await runProgram('fsck.vfat', ['-a', partition]).catch(() => {});
    await runProgram('fsck.vfat', ['-n', partition]);
    const left = lab.file('left');
    await mkdir(left);
    await runProgram('mcopy', ['-i', partition, '-s', '-n', '::/DCIM', left]);
    await runProgram('e2fsck', ['-fy', lab.dataDisk]).catch(() => {});
    const archive = lab.file('archive');
    await mkdir(archive);
    await runProgram('debugfs', ['-R', `rdump /archive ${archive}`, lab.dataDisk]);
    let freed = 0;
    for (const { path, sha256 } of card.footage) {
      const onCard = await hashOf(join(left, path));
      if (onCard === sha256) continue;
      freed += 1;
      const object = join(archive, 'archive/clips', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
      expectTrue(`${path}, gone from the card, stands in the archive`, (await hashOf(object)) === sha256);
    }
    expectTrue('something was freed before the power went', freed > 0);
  },
};

async function hashOf(file: string): Promise<string | null> {
  const bytes = await readFile(file).catch(() => null);
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
}
