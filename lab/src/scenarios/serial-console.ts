import { startSmpRecorder } from '@docket/device-protocol/simulator';
import { plugWire } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

const clipBytes = 200_000;

export const serialConsole: Scenario = {
  name: 'serial-console',
  title: 'a recorder with a CDC-ACM console (a gadget of the kernel) is found, read by SMP, and taken whole',
  run: async (lab) => {
    const footage = await lab.footage('console', clips(2, clipBytes));
    const terminal = lab.file('tty');
    const recorder = await startSmpRecorder({
      link: terminal,
      folder: lab.file('console'),
      identity: { serial: 'LAB-ACM' },
    });
    lab.atEnd(() => recorder.close());
    await plugWire(lab.machine, 'console', terminal);
    await lab.machine.sh('/lab/gadget console LAB-CONSOLE', 240_000);
    await lab.machine.sh(
      'udevadm wait --timeout=60 /dev/ttyGS0 /dev/virtio-ports/console; systemd-run --collect socat /dev/ttyGS0,raw,echo=0 /dev/virtio-ports/console',
    );
    const port = await lab.portOf('LAB-CONSOLE');
    const slot = await lab.docket.safe(port, 400_000);
    expectEqual('recorder', [slot.recorder?.driver, slot.recorder?.serialNumber], ['smp', 'LAB-ACM']);
    await lab.docket.archived(footage);
    await lab.machine.sh('/lab/gadget unplug console');
    await lab.docket.empty(port);
  },
};
