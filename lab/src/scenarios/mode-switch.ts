import { createScsiSimulator, startUsbRedirServer } from '@docket/device-protocol/simulator';
import { plugRedirected } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const modeSwitch: Scenario = {
  name: 'mode-switch',
  title: 'a recorder in command mode is asked by SCSI, made to show its card, and taken whole in one docking',
  run: async (lab) => {
    const card = await lab.fat32Card('card', clips(2, mebibyte), 48);
    const device = createScsiSimulator({
      cardImagePath: card.image,
      password: '000000',
      identity: { serialNumber: 'LAB0001', officerNumber: '000001' },
    });
    const server = await startUsbRedirServer(device, { path: lab.file('redir') });
    lab.atEnd(() => server.unplug());
    const recorder = await plugRedirected(lab.machine, 7, lab.file('redir'));
    const slot = await lab.docket.safe('1-7', 400_000);
    expectEqual('serial number', slot.recorder?.serialNumber, 'LAB0001');
    await lab.docket.archived(card.footage);
    const { dockings } = await lab.docket.read<{ dockings: { slot: string }[] }>('/dockings');
    expectEqual(
      'dockings',
      dockings.map((docking) => docking.slot),
      ['1-7'],
    );
    await recorder.yank();
    await lab.docket.empty('1-7');
  },
};
