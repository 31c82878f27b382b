import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const fat32Stick: Scenario = {
  name: 'fat32-stick',
  title: 'a FAT32 recorder is taken whole, told by its port, and not a byte of it is changed',
  run: async (lab) => {
    const card = await lab.fat32Card('stick', clips(3, 3 * mebibyte));
    const before = await hashOf(card.image);
    const stick = await lab.plugCard('stick', 1, card);
    const slot = await lab.docket.safe('2-1');
    expectEqual('driver', slot.recorder?.driver, 'volume');
    await lab.docket.archived(card.footage);
    await lab.docket.receipted(card.footage.length);
    const options = await lab.machine.sh('findmnt -n -o OPTIONS /run/docket/volumes/2-1');
    for (const option of ['ro', 'nosuid', 'nodev', 'noexec', 'nosymfollow']) {
      expectEqual(`mounted ${option}`, options.trim().split(',').includes(option), true);
    }
    await stick.yank();
    await lab.docket.empty('2-1');
    await lab.machine.until('! test -e /run/docket/volumes/2-1');
    expectEqual('the card', await hashOf(card.image), before);
    await lab.docket.verify();
  },
};

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
