import { fillExfatCard } from '../devices/virtual-disk.ts';
import { clips, mebibyte } from '../lab.ts';
import { writeExfatCard } from '../media/card-image.ts';
import type { Scenario } from '../scenario.ts';

export const exfatStick: Scenario = {
  name: 'exfat-stick',
  title: 'an exFAT recorder, filled by a kernel, is taken whole',
  run: async (lab) => {
    const card = await lab.fat32Card('source', clips(3, 3 * mebibyte));
    const image = lab.file('exfat.img');
    await writeExfatCard(image, 'RECORDER', 64);
    await fillExfatCard(lab.machine, image, card.image);
    const stick = await lab.plugCard('exfat', 2, { image, footage: card.footage });
    await lab.docket.safe('2-2');
    await lab.docket.archived(card.footage);
    const type = await lab.machine.sh('findmnt -n -o FSTYPE /run/docket/volumes/2-2');
    if (type.trim() !== 'exfat') throw new Error(`mounted as ${type}`);
    await stick.yank();
    await lab.docket.empty('2-2');
  },
};
