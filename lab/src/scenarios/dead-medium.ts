import { servedMedium } from '../devices/medium.ts';
import { serveCard } from '../devices/served-card.ts';
import { plugStorage } from '../devices/usb.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

/** The kernel tries a dead disk for three minutes before it says so. */
const ownPatienceMs = 150_000;

export const deadMedium: Scenario = {
  name: 'dead-medium',
  title: 'a recorder whose every read fails is given up by the gateway itself, and holds up no other slot',
  run: async (lab) => {
    const card = await lab.fat32Card('dying', clips(1, 48 * mebibyte));
    const served = await serveCard(lab, card.image, '8M');
    const medium = await servedMedium(lab.machine, 'dying', served.socket);
    const stick = await plugStorage(lab.machine, { port: 5, serial: 'LAB-DYING' }, medium);
    await lab.docket.copying('2-5');
    await served.fail();
    const sound = await lab.fat32Card('sound', clips(2, 2 * mebibyte));
    await lab.plugCard('sound', 6, sound);
    const givenUp = ({ state, issue }: { state: string; issue: unknown }) =>
      issue !== null || state === 'failed' || state === 'attention';
    await lab.docket.slotThat('2-5', givenUp, ownPatienceMs);
    await lab.docket.safe('2-6');
    await lab.docket.archived(sound.footage);
    await stick.yank();
    await lab.docket.left('2-5');
  },
};
