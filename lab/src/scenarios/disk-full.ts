import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const diskFull: Scenario = {
  name: 'disk-full',
  title: 'with the store full the slot says so and nothing is lost; with room again the rest is taken',
  run: async (lab) => {
    const card = await lab.fat32Card('large', clips(4, 6 * mebibyte));
    // The gateway keeps 64 MiB for itself; ten more are less than this card holds.
    await lab.machine.sh(
      'fallocate -l $(( $(df --output=avail -B1 /var/lib/docket | tail -1) - 78643200 )) /var/lib/docket/filler',
    );
    await lab.plugCard('large', 1, card);
    await lab.docket.slotThat('2-1', ({ issue }) => issue?.code === 'store-full');
    await lab.machine.sh('rm /var/lib/docket/filler');
    await lab.docket.safe('2-1', 400_000);
    await lab.docket.archived(card.footage);
    await lab.docket.verify();
  },
};
