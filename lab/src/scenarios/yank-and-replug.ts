import { slowMedium } from '../devices/medium.ts';
import { plugStorage } from '../devices/usb.ts';
import { expectTrue } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const yankAndReplug: Scenario = {
  name: 'yank-and-replug',
  title: 'a recorder pulled out in mid-copy is taken whole when it comes back',
  run: async (lab) => {
    const card = await lab.fat32Card('yanked', clips(3, 6 * mebibyte));
    const medium = await slowMedium(lab.machine, 'yanked', card.image, mebibyte);
    const stick = await plugStorage(lab.machine, { port: 3, serial: 'LAB-YANKED' }, medium);
    await lab.docket.copying('2-3');
    await stick.yank();
    await lab.docket.left('2-3');
    await lab.machine.until('! test -e /run/docket/volumes/2-3');
    const unfinished = (await lab.docket.clips()).filter(({ state }) => state === 'listed');
    expectTrue('some clip was not taken yet', unfinished.length > 0);
    await lab.plugCard('replugged', 3, card);
    await lab.docket.safe('2-3');
    await lab.docket.archived(card.footage);
    await lab.docket.verify();
  },
};
