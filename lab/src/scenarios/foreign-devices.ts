import { plugForeign } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import type { Scenario } from '../scenario.ts';

export const foreignDevices: Scenario = {
  name: 'foreign-devices',
  title: 'a keyboard, a smart card reader and a network adapter are shown as no recorders, and never opened',
  run: async (lab) => {
    const kinds = ['usb-kbd', 'usb-ccid', 'usb-net'] as const;
    for (const [index, kind] of kinds.entries()) await plugForeign(lab.machine, kind, index + 1);
    for (const [index, kind] of kinds.entries()) {
      const slot = await lab.docket.slotThat(`1-${index + 1}`, ({ state }) => state !== 'empty');
      expectEqual(`${kind} is taken for a recorder`, slot.recorder, null);
      expectEqual(`why ${kind} is not opened`, slot.issue?.code, 'foreign-device');
      const node = `/dev/bus/usb/001/$(printf %03d $(cat /sys/bus/usb/devices/1-${index + 1}/devnum))`;
      expectEqual(`group of ${kind}`, (await lab.machine.sh(`stat -c %G ${node}`)).trim(), 'root');
    }
    const dockings = await lab.docket.read<{ dockings: unknown[] }>('/dockings');
    expectEqual('dockings', dockings.dockings, []);
  },
};
