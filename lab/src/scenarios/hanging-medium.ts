import { setTimeout as delay } from 'node:timers/promises';
import { servedMedium } from '../devices/medium.ts';
import { serveCard } from '../devices/served-card.ts';
import { plugStorage } from '../devices/usb.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

const hangMs = 45_000;

export const hangingMedium: Scenario = {
  name: 'hanging-medium',
  title: 'a recorder that answers nothing for 45 s is taken whole once it answers again',
  run: async (lab) => {
    const card = await lab.fat32Card('hanging', clips(2, 5 * mebibyte));
    const served = await serveCard(lab, card.image, '8M');
    const medium = await servedMedium(lab.machine, 'hanging', served.socket);
    await plugStorage(lab.machine, { port: 7, serial: 'LAB-HANGING' }, medium);
    await lab.docket.copying('2-7');
    served.hang();
    await delay(hangMs);
    served.resume();
    await lab.docket.archived(card.footage, 400_000);
    await lab.docket.verify();
  },
};
