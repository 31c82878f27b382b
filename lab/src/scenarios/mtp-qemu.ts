import { plugMtp } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const mtpQemu: Scenario = {
  name: 'mtp-qemu',
  title: "an MTP recorder written by others (QEMU's) is found on the bus and taken whole",
  run: async (lab) => {
    const footage = await lab.footage('store', clips(3, 2 * mebibyte));
    const recorder = await plugMtp(lab.machine, { port: 1, serial: 'LAB-MTP' }, lab.file('store'));
    const slot = await lab.docket.safe('1-1');
    expectEqual('driver', slot.recorder?.driver, 'mtp');
    await lab.docket.archived(footage);
    await recorder.yank();
    await lab.docket.empty('1-1');
    await lab.docket.verify();
  },
};
