import { startSmpRecorder } from '@docket/device-protocol/simulator';
import { plugSerial } from '../devices/usb.ts';
import { expectEqual, expectTrue } from '../expect.ts';
import { clips } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

const clipBytes = 200_000;
const clockAheadMs = 90_000;
/** The guest's clock is set by hand. */
const toleranceMs = 10_000;

export const serialConverter: Scenario = {
  name: 'serial-converter',
  title: 'a recorder behind a serial converter (FTDI) is found, read by SMP, taken whole, and its clock told',
  run: async (lab) => {
    const footage = await lab.footage('serial', clips(2, clipBytes));
    const terminal = lab.file('tty');
    const recorder = await startSmpRecorder({
      link: terminal,
      folder: lab.file('serial'),
      identity: { serial: 'LAB-SMP' },
      clock: { offsetMs: clockAheadMs },
    });
    lab.atEnd(() => recorder.close());
    const converter = await plugSerial(lab.machine, { port: 2, serial: 'LAB-FTDI' }, terminal);
    const port = await lab.portOf('LAB-FTDI');
    const slot = await lab.docket.safe(port, 400_000);
    expectEqual('recorder', [slot.recorder?.driver, slot.recorder?.serialNumber], ['smp', 'LAB-SMP']);
    const aheadMs = slot.clock.offsetMs ?? Number.NaN;
    expectTrue(`clock ${aheadMs} ms ahead`, Math.abs(aheadMs - clockAheadMs) < toleranceMs);
    await lab.docket.archived(footage);
    await converter.yank();
    await lab.docket.empty(port);
  },
};
