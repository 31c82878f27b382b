import { join } from 'node:path';
import { cached, keyOf } from './cache.ts';
import { docketConfig } from './docket-config.ts';
import { docketDiskInputs, docketDiskSize, writeDocketDisk } from './docket-disk.ts';
import { Machine } from './machine/machine.ts';
import { type MachineParts, qemuArguments } from './machine/qemu-arguments.ts';
import { repository } from './repository.ts';
import { inRunFolder } from './run-folder.ts';
import { runProgram } from './run-program.ts';

export interface SavedState {
  parts: MachineParts;
  stateFile: string;
}

const warmUp = `set -e
modprobe -a usb_storage uas sd_mod vfat exfat nls_utf8 nls_cp437 nls_cp936 nls_ascii nls_iso8859-1 ftdi_sio cdc_acm usbhid hid_generic fuse
node -e 1
udevadm settle
sync
echo 3 >/proc/sys/vm/drop_caches`;

const dataDiskSize = '4G';

/**
 * Everything a scenario would otherwise wait for is done once. ffmpeg is put out of the way: a look into every clip takes
 * seconds here, and only scenarios about pictures want it.
 */
const install = `set -e
mv /usr/bin/ffmpeg /usr/bin/ffprobe /lab/
mount /usr/lib/docket
mkdir -p /etc/docket /var/lib/docket
mount /var/lib/docket
systemd-sysusers /usr/lib/docket/systemd/sysusers.d/docket.conf
install -m 644 -t /etc/systemd/system /usr/lib/docket/systemd/*.service /usr/lib/docket/systemd/*.socket
install -D -m 644 -t /etc/tmpfiles.d /usr/lib/docket/systemd/tmpfiles.d/docket.conf
install -D -m 755 -t /usr/libexec/docket /usr/lib/docket/systemd/libexec/*
install -D -m 644 -t /etc/udev/rules.d /usr/lib/docket/systemd/udev/*.rules
ln -sf ../lib/docket/gateway/bin/docket.cjs /usr/bin/docket
systemd-tmpfiles --create docket.conf
udevadm control --reload
mkdir -p /etc/systemd/system/docket.service.d
printf '[Service]\\nWatchdogSec=180\\n' >/etc/systemd/system/docket.service.d/slow-machine.conf
systemctl daemon-reload
systemctl start docket-volume-access.socket docket.service
curl -sf --retry 60 --retry-delay 1 --retry-all-errors http://127.0.0.1:8686/api/v1/health >/dev/null
udevadm settle
sync`;

/** A machine that runs the gateway as built here, in its units, waiting for recorders. Built where it is not kept. */
export async function savedState(say: (words: string) => void): Promise<SavedState> {
  const system = await systemFolder(say);
  const booted = await bootedFolder(system, say);
  const key = await keyOf([booted, install, docketConfig], docketDiskInputs);
  const folder = await cached('gateway', key, (into) => startGateway(system, booted, into, say));
  return { parts: { ...partsIn(system, folder), throwaway: true }, stateFile: join(folder, 'state') };
}

function partsIn(system: string, folder: string): MachineParts {
  return {
    kernel: join(system, 'vmlinux'),
    initrd: join(system, 'initrd.img'),
    rootDisk: join(system, 'root.ext4'),
    docketDisk: join(folder, 'docket.ext4'),
    dataDisk: join(folder, 'data.ext4'),
    throwaway: false,
  };
}

/** Kernel and root file system. */
async function systemFolder(say: (words: string) => void): Promise<string> {
  const kernel = await runProgram('apt-cache', ['depends', 'linux-image-amd64']);
  const paths = [join(repository, 'lab/prepare'), join(repository, 'lab/guest')];
  const key = await keyOf([kernel, process.version], paths);
  return cached('system', key, async (into) => {
    say('building kernel, initrd and root file system');
    await runProgram(join(repository, 'lab/prepare'), [into], { onOutput: (text) => say(text.trim()) });
  });
}

/** The machine just booted, with empty disks where gateway and data will be. */
async function bootedFolder(system: string, say: (words: string) => void): Promise<string> {
  const version = await runProgram('qemu-system-x86_64', ['--version']);
  const parts = qemuArguments({ ...partsIn(system, ''), throwaway: true }, '');
  const key = await keyOf([version, warmUp, docketDiskSize, dataDiskSize, ...parts], []);
  return cached('booted', key, async (into) => {
    say('booting');
    const empty = partsIn(system, into);
    await runProgram('truncate', ['-s', docketDiskSize, empty.docketDisk]);
    await runProgram('truncate', ['-s', dataDiskSize, empty.dataDisk]);
    await inRunFolder(async (run) => {
      const machine = await Machine.boot(empty, run);
      try {
        await machine.sh(warmUp);
        await machine.save(join(into, 'state'));
      } finally {
        await machine.off();
      }
    });
  });
}

async function startGateway(
  system: string,
  booted: string,
  into: string,
  say: (words: string) => void,
): Promise<void> {
  say('starting the gateway');
  const parts = partsIn(system, into);
  await writeDocketDisk(parts.docketDisk);
  await runProgram('truncate', ['-s', dataDiskSize, parts.dataDisk]);
  await runProgram('mke2fs', ['-q', '-t', 'ext4', parts.dataDisk]);
  await inRunFolder(async (run) => {
    const machine = await Machine.restore(parts, join(booted, 'state'), run);
    try {
      await machine.sh(`mkdir -p /etc/docket && cat >/etc/docket/docket.yaml <<'END'\n${docketConfig}END`);
      await machine.sh(install, 600_000).catch(async (error: Error) => {
        const journal = await machine.attempt('journalctl --no-pager -b | tail -60');
        throw new Error(`${error.message}\n${journal.output}`);
      });
      await machine.save(join(into, 'state'));
    } finally {
      await machine.off();
    }
  });
}
