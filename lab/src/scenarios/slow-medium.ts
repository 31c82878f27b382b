import { slowMedium } from '../devices/medium.ts';
import { plugStorage } from '../devices/usb.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const slowMediumScenario: Scenario = {
  name: 'slow-medium',
  title: 'a recorder that gives 2 MiB/s is slow, not broken',
  run: async (lab) => {
    const card = await lab.fat32Card('slow', clips(2, 12 * mebibyte));
    const medium = await slowMedium(lab.machine, 'slow', card.image, 2 * mebibyte);
    const stick = await plugStorage(lab.machine, { port: 8, serial: 'LAB-SLOW' }, medium);
    await lab.docket.safe('2-8');
    await lab.docket.archived(card.footage);
    await stick.yank();
    await lab.docket.empty('2-8');
  },
};
