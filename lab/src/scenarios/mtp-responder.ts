import { copyIntoGuest } from '../devices/virtual-disk.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const mtpResponder: Scenario = {
  name: 'mtp-responder',
  title: 'an MTP recorder written by others (umtp-responder, on a gadget) is taken whole',
  run: async (lab) => {
    const card = await lab.fat32Card('store', clips(3, mebibyte));
    await copyIntoGuest(lab.machine, card.image, '/var/lib/umtp');
    await lab.machine.sh('/lab/gadget mtp LAB-UMTP', 240_000);
    const port = await lab.portOf('LAB-UMTP');
    const slot = await lab.docket.safe(port, 400_000);
    expectEqual('driver', slot.recorder?.driver, 'mtp');
    await lab.docket.archived(card.footage);
    await lab.machine.sh('/lab/gadget unplug mtp');
    await lab.docket.empty(port);
  },
};
