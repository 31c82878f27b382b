import { createMtpSimulator, startUsbRedirServer } from '@docket/device-protocol/simulator';
import { plugRedirected } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const driverKilled: Scenario = {
  name: 'driver-killed',
  title:
    'kill -9 of the process that speaks to a recorder ends one docking, which is tried again; no other slot notices',
  run: async (lab) => {
    const footage = await lab.footage('mtp', clips(3, 4 * mebibyte));
    const device = createMtpSimulator({ folder: lab.file('mtp'), serialNumber: 'LAB-KILLED' });
    const server = await startUsbRedirServer(device, { path: lab.file('redir') });
    lab.atEnd(() => server.unplug());
    await plugRedirected(lab.machine, 4, lab.file('redir'));
    await lab.docket.copying('1-4');
    const gateway = (await lab.machine.sh('systemctl show -P MainPID docket')).trim();
    await lab.machine.sh(`pkill -9 -P ${gateway} node`);
    const neighbour = await lab.fat32Card('neighbour', clips(2, mebibyte));
    await lab.plugCard('neighbour', 5, neighbour);
    await lab.docket.safe('2-5');
    await lab.docket.safe('1-4', 400_000);
    await lab.docket.archived([...footage, ...neighbour.footage]);
    expectEqual('the gateway', (await lab.machine.sh('systemctl show -P MainPID docket')).trim(), gateway);
  },
};
