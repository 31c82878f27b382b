import {
  knownModels,
  type MergedAttachments,
  mergeAttachments,
  pluginModels,
  serialAdapterModel,
  serialAttachments,
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
  const { directory, reconcileIntervalMs } = volumes;
  return mergeAttachments({
    volumes: directory === null ? null : watchVolumes({ directory, reconcileIntervalMs }),
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

function adapterModel({ device, baudRate }: Config['usb']['serialAdapters'][number]) {
  const [vendorId = 0, productId = 0] = device.split(':').map((id) => Number.parseInt(id, 16));
  return serialAdapterModel({ vendorId, productId, baudRate });
}
