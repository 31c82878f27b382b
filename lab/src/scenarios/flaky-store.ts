import { slowMedium } from '../devices/medium.ts';
import { plugStorage } from '../devices/usb.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

/** Puts another table under the running device, without waiting for anyone. */
const swap = (table: string) =>
  `dmsetup load store --table "0 $(blockdev --getsz /dev/vdc) ${table}" && dmsetup suspend --nolockfs --noflush store && dmsetup resume store`;
const sound = 'linear /dev/vdc 0';
/** Up for no second, down for an hour: every write fails. */
const failing = 'flakey /dev/vdc 0 0 3600 1 error_writes';

export const flakyStore: Scenario = {
  name: 'flaky-store',
  title: 'a store whose disk fails in mid-copy takes nothing for done; mended, everything is taken once',
  run: async (lab) => {
    await lab.machine.sh(
      `systemctl stop docket && umount /var/lib/docket && dmsetup create store --table "0 $(blockdev --getsz /dev/vdc) ${sound}" && mount /dev/mapper/store /var/lib/docket && systemctl start docket`,
      600_000,
    );
    const card = await lab.fat32Card('card', clips(3, 6 * mebibyte));
    const medium = await slowMedium(lab.machine, 'card', card.image, mebibyte);
    await plugStorage(lab.machine, { port: 1, serial: 'LAB-FLAKY' }, medium);
    await lab.docket.copying('2-1');
    await lab.machine.sh(swap(failing));
    const noticed =
      'journalctl --no-pager -u docket | grep -Eq "EIO|EROFS|store-failed|SQLITE_(IOERR|READONLY|FULL)|disk I/O"';
    await lab.machine.until(noticed, 240_000);
    await lab.machine.sh(swap(sound));
    await lab.machine.sh(
      'systemctl stop docket; umount /var/lib/docket; e2fsck -fy /dev/mapper/store; mount /dev/mapper/store /var/lib/docket && systemctl start docket',
      600_000,
    );
    await lab.docket.safe('2-1', 400_000);
    await lab.docket.archived(card.footage);
    await lab.docket.verify();
  },
};
