import { type Attachment, nameProfiles, notSupported, type RecorderDriver } from '@docket/device-protocol';
import {
  consoleDriver,
  createVolumeDriver,
  type FaceWatch,
  smpDriver,
  writeAccessBySocket,
} from '@docket/device-protocol/transport';
import { type Config, configuredNameProfiles } from '../config/index.ts';
import type { Log } from '../log.ts';
import { type Plugin, pluginFor } from './plugins/load-plugins.ts';
import { usbDrivers } from './usb-drivers.ts';

/** Real drivers by the way a recorder is reached; virtual recorders bring their own. */
export type Drivers = Record<'volume' | 'serial', RecorderDriver>;

export interface RecorderDriversOptions {
  config: Config;
  /** Sees recorders come back in another mode. */
  faces: FaceWatch;
  /** Drivers that the configuration adds; they go first. */
  plugins: readonly Plugin[];
  /** Instead of the real ones. */
  drivers: Partial<Drivers>;
  log: Log;
}

/** Which driver opens which attachment. */
export function recorderDrivers(options: RecorderDriversOptions): (attachment: Attachment) => RecorderDriver {
  const { config, faces, plugins, log } = options;
  const volume = options.drivers.volume ?? volumeDriverFor(config.volumes);
  const serial = options.drivers.serial ?? smpDriver;
  const composite = consoleDriver({
    volume,
    console: serial,
    onConsoleLost: (slot, error) => log.warn({ slot, err: error }, 'docked without its console'),
  });
  const overUsb = usbDrivers({ config, volume, faces });
  return (attachment) => {
    const { target } = attachment;
    const plugin = pluginFor(plugins, attachment);
    if (plugin !== null) return plugin.driver;
    switch (target.type) {
      case 'volume':
        return composite;
      case 'serial':
        return serial;
      case 'usb':
        return overUsb.get(target.driver) ?? unknownDriver(target.driver);
    }
  };
}

function volumeDriverFor(volumes: Config['volumes']): RecorderDriver {
  const socket = volumes.writeAccessSocket;
  return createVolumeDriver({
    nameProfiles: [...configuredNameProfiles(volumes), ...nameProfiles],
    ...(socket === null ? {} : { writeAccess: writeAccessBySocket(socket) }),
  });
}

function unknownDriver(name: string): RecorderDriver {
  return { name, open: () => Promise.reject(notSupported(`be opened: there is no driver ${name}`)) };
}
