import { startSmpRecorder } from '@docket/device-protocol/simulator';
import { plugWire } from '../devices/usb.ts';
import { copyImageIntoGuest } from '../devices/virtual-disk.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const storageAndConsole: Scenario = {
  name: 'storage-and-console',
  title:
    'a recorder with a card and a console in one device is one docking: clips from the card, identity from the console',
  run: async (lab) => {
    const card = await lab.fat32Card('card', clips(2, mebibyte), 48);
    await copyImageIntoGuest(lab.machine, card.image, '/var/lib/docket/card.img');
    const terminal = lab.file('tty');
    const recorder = await startSmpRecorder({
      link: terminal,
      folder: lab.file('card'),
      identity: { serial: 'LAB-BOTH' },
    });
    lab.atEnd(() => recorder.close());
    await plugWire(lab.machine, 'console', terminal);
    await lab.machine.sh('/lab/gadget storage-and-console LAB-COMPOSITE /var/lib/docket/card.img', 240_000);
    await lab.machine.sh(
      'udevadm wait --timeout=60 /dev/ttyGS0 /dev/virtio-ports/console; systemd-run --collect socat /dev/ttyGS0,raw,echo=0 /dev/virtio-ports/console',
    );
    const port = await lab.portOf('LAB-COMPOSITE');
    const slot = await lab.docket.safe(port, 400_000);
    expectEqual('serial number', slot.recorder?.serialNumber, 'LAB-BOTH');
    await lab.docket.archived(card.footage);
    const dockings = await lab.docket.read<{ dockings: { slot: string }[] }>('/dockings');
    expectEqual(
      'dockings',
      dockings.dockings.map((docking) => docking.slot),
      [port],
    );
    await lab.machine.sh('/lab/gadget unplug storage-and-console');
    await lab.docket.empty(port);
  },
};
