import { slowMedium } from '../devices/medium.ts';
import { plugStorage } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const watchdog: Scenario = {
  name: 'watchdog',
  title: 'a gateway that hangs in mid-copy is killed by the watchdog, starts again and takes everything once',
  run: async (lab) => {
    const card = await lab.fat32Card('watched', clips(3, 6 * mebibyte));
    const medium = await slowMedium(lab.machine, 'watched', card.image, mebibyte);
    await plugStorage(lab.machine, { port: 3, serial: 'LAB-WATCHED' }, medium);
    await lab.docket.copying('2-3');
    await lab.machine.sh('kill -STOP $(systemctl show -P MainPID docket)');
    await lab.machine.until('test $(systemctl show -P NRestarts docket) = 1', 400_000);
    const why = await lab.machine.sh('journalctl --no-pager -u docket | grep -c "Watchdog timeout"');
    expectEqual('watchdog time-outs', why.trim(), '1');
    await lab.machine.until('systemctl is-active docket', 400_000);
    await lab.docket.safe('2-3', 400_000);
    await lab.docket.archived(card.footage);
    await lab.docket.verify();
  },
};
