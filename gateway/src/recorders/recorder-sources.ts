import type { AttachmentSource } from '@docket/device-protocol';
import {
  knownModels,
  type MergedAttachments,
  mergeAttachments,
  pluginModels,
  serialAdapterModel,
  serialAttachments,
  unmountPhantom,
  usbBus,
  watchVolumes,
} from '@docket/device-protocol/transport';
import type { Config } from '../config/index.ts';
import type { Log } from '../log.ts';
import type { Plugin } from './plugins/load-plugins.ts';

/** Everything that watches for recorders, as the configuration has it, merged into one stream. */
export function recorderSources(config: Config, plugins: readonly Plugin[], log: Log): MergedAttachments {
  const { volumes, serial, usb } = config;
  const ports = serial.ports.map(({ slot, ...port }) => ({ ...port, portPath: slot }));
  return mergeAttachments({
    volumes:
      volumes.directory === null ? null : volumeSource(volumes.directory, volumes.reconcileIntervalMs, log),
    ports: ports.length === 0 ? null : { source: serialAttachments({ ports }), settings: ports },
    usb:
      usb.detection === 'off'
        ? null
        : usbBus({
            reconcileIntervalMs: usb.reconcileIntervalMs,
            onListenerEnd: (listener, reason) =>
              log.warn({ listener, reason }, 'a listener for USB devices ended; it is started again'),
          }),
    models: [
      ...plugins.flatMap(({ facts }) => pluginModels(facts)),
      ...usb.serialAdapters.flatMap(adapterModel),
      ...knownModels,
    ],
    times: { volumeWaitMs: usb.volumeWaitMs },
    onTrouble: (error, source) => log.error({ err: error, source }, 'watching for recorders failed'),
  });
}

function volumeSource(directory: string, reconcileIntervalMs: number, log: Log): AttachmentSource {
  const onPhantom = (phantom: string) => {
    log.warn({ directory: phantom }, 'mounted, but its disk is gone: taken for unplugged');
    // Under systemd the unit that mounted it takes it away; Docket may itself only where it is root.
    if (process.getuid?.() !== 0) return;
    unmountPhantom(phantom).catch((error: unknown) => {
      log.error({ err: error, directory: phantom }, 'a dead mount cannot be taken away');
    });
  };
  return watchVolumes({ directory, reconcileIntervalMs, onPhantom });
}

function adapterModel({ device, baudRate }: Config['usb']['serialAdapters'][number]) {
  const [vendorId = 0, productId = 0] = device.split(':').map((id) => Number.parseInt(id, 16));
  return serialAdapterModel({ vendorId, productId, baudRate });
}
