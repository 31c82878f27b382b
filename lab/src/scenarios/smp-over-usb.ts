import { createSmpUsbSimulator, startUsbRedirServer } from '@docket/device-protocol/simulator';
import { plugRedirected } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const smpOverUsb: Scenario = {
  name: 'smp-over-usb',
  title: 'a recorder that speaks SMP over bulk pipes is claimed by the gateway and taken whole',
  run: async (lab) => {
    const footage = await lab.footage('bulk', clips(2, mebibyte));
    const device = createSmpUsbSimulator({ folder: lab.file('bulk'), identity: { serial: 'LAB-BULK' } });
    const server = await startUsbRedirServer(device, { path: lab.file('redir') });
    lab.atEnd(() => server.unplug());
    const recorder = await plugRedirected(lab.machine, 3, lab.file('redir'));
    const slot = await lab.docket.safe('1-3', 400_000);
    expectEqual('recorder', [slot.recorder?.driver, slot.recorder?.serialNumber], ['smp', 'LAB-BULK']);
    await lab.docket.archived(footage);
    await recorder.yank();
    await lab.docket.empty('1-3');
  },
};
