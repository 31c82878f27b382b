import { slowMedium } from '../devices/medium.ts';
import { plugStorage } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const clockJump: Scenario = {
  name: 'clock-jump',
  title: 'a host clock that jumps forwards and back in mid-copy stops nothing',
  run: async (lab) => {
    const card = await lab.fat32Card('jump', clips(3, 4 * mebibyte));
    const medium = await slowMedium(lab.machine, 'jump', card.image, 2 * mebibyte);
    await plugStorage(lab.machine, { port: 2, serial: 'LAB-JUMP' }, medium);
    await lab.docket.copying('2-2');
    await lab.machine.sh('date -s "+3 days" >/dev/null');
    await lab.docket.slots();
    await lab.machine.sh('date -s "6 days ago" >/dev/null');
    await lab.docket.safe('2-2');
    await lab.docket.archived(card.footage);
    await lab.docket.verify();
    const restarts = await lab.machine.sh('systemctl show -P NRestarts docket');
    expectEqual('restarts', restarts.trim(), '0');
  },
};
