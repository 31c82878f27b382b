import { createMtpSimulator, startUsbRedirServer } from '@docket/device-protocol/simulator';
import { plugRedirected } from '../devices/usb.ts';
import { expectTrue } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const mtpClients: Scenario = {
  name: 'mtp-clients',
  title: 'clients written by others (gphoto2, jmtpfs) read our simulated MTP recorder byte for byte',
  run: async (lab) => {
    await lab.machine.sh('systemctl stop docket');
    const footage = await lab.footage('mtp', clips(2, mebibyte));
    const device = createMtpSimulator({ folder: lab.file('mtp'), serialNumber: 'LAB-CLIENTS' });
    const server = await startUsbRedirServer(device, { path: lab.file('redir') });
    lab.atEnd(() => server.unplug());
    await plugRedirected(lab.machine, 6, lab.file('redir'));
    await lab.portOf('LAB-CLIENTS');
    const listed = await lab.machine.sh('gphoto2 --list-files', 240_000);
    for (const { path } of footage)
      expectTrue(`gphoto2 lists ${path}`, listed.includes(path.split('/').at(-1) ?? path));
    const photographed = await lab.machine.sh(
      'mkdir -p /run/lab/gphoto2 && cd /run/lab/gphoto2 && gphoto2 --get-all-files --force-overwrite >/dev/null && sha256sum *',
      240_000,
    );
    const mounted = await lab.machine.sh(
      'mkdir -p /run/lab/jmtpfs && jmtpfs /run/lab/jmtpfs && find /run/lab/jmtpfs -type f -exec sha256sum {} + ; fusermount3 -u /run/lab/jmtpfs || fusermount -u /run/lab/jmtpfs',
      240_000,
    );
    for (const { path, sha256 } of footage) {
      expectTrue(`gphoto2 reads ${path}`, photographed.includes(sha256));
      expectTrue(`jmtpfs reads ${path}`, mounted.includes(sha256));
    }
  },
};
