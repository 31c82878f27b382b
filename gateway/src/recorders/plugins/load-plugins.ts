import { pathToFileURL } from 'node:url';
import { type Attachment, isRecorderError, type RecorderDriver } from '@docket/device-protocol';
import { inspectPlugin, isolatedDriver, type PluginFacts } from '@docket/device-protocol/transport';
import { type Config, ConfigError, type ConfigFault } from '../../config/index.ts';

/** A driver that was added by the configuration. */
export interface Plugin {
  facts: PluginFacts;
  /** Slots it is used in; none named: all. */
  slots: readonly string[];
  driver: RecorderDriver;
}

/** Drivers that a plugin may not call itself like. */
const ownDrivers = ['volume', 'mtp', 'scsi', 'smp'];

/** Looks at every plugin of the configuration. Throws ConfigError with every one that cannot be used. */
export async function loadPlugins({ drivers }: Pick<Config, 'drivers'>): Promise<Plugin[]> {
  const plugins: Plugin[] = [];
  const faults: ConfigFault[] = [];
  for (const [index, { package: entry, slots, options }] of drivers.plugins.entries()) {
    const fault = (problem: string) =>
      faults.push({
        path: `drivers.plugins[${index}].package`,
        source: null,
        given: entry,
        allowed: { kind: 'plugin', problem },
      });
    const module = pathToFileURL(entry).href;
    try {
      const facts = await inspectPlugin(module, options);
      const isTaken = [...ownDrivers, ...plugins.map((other) => other.facts.name)].includes(facts.name);
      if (isTaken) fault(`a driver ${facts.name} is there already`);
      const choice = { driver: 'plugin', name: facts.name, module, options } as const;
      plugins.push({ facts, slots, driver: isolatedDriver({ choice }) });
    } catch (error) {
      if (!isRecorderError(error)) throw error;
      fault(error.message);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return plugins;
}

/** The plugin that opens an attachment; `null` where none does. */
export function pluginFor(plugins: readonly Plugin[], { target, portPath }: Attachment): Plugin | null {
  const serves = ({ facts, slots }: Plugin): boolean => {
    if (slots.length > 0 && !slots.includes(portPath)) return false;
    if (target.type === 'usb') return facts.name === target.driver;
    return facts.serves.some(({ by }) => by === target.type);
  };
  return plugins.find(serves) ?? null;
}
