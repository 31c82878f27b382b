import type { RecorderDriver } from '../attachment.ts';
import { RecorderError } from '../errors.ts';
import { Check, Errors, Type } from '../schema.ts';
import type { PluginFacts, RecorderPlugin } from './plugin.ts';
import { PluginName, Serves } from './plugin-schema.ts';

const Plugin = Type.Object({ apiVersion: Type.Literal(1), name: PluginName, serves: Serves });

interface PluginPlace {
  /** `file:` URL. */
  module: string;
  options: unknown;
}

/** The driver of a plugin. Throws RecorderError DRIVER_CRASHED where plugin or options are of no use. */
export async function loadPlugin(place: PluginPlace): Promise<RecorderDriver> {
  return (await load(place)).driver;
}

/** What a plugin says of itself, once it took its options. Throws as `loadPlugin`. */
export async function describePlugin(place: PluginPlace): Promise<PluginFacts> {
  const { name, serves } = (await load(place)).plugin;
  return { name, serves };
}

async function load({
  module,
  options,
}: PluginPlace): Promise<{ plugin: RecorderPlugin; driver: RecorderDriver }> {
  try {
    const exports = await import(module);
    const plugin = asPlugin(exports.recorderPlugin);
    const driver = await plugin.createDriver(options);
    if (typeof driver?.open !== 'function') throw new TypeError('createDriver gave no driver');
    return { plugin, driver };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RecorderError('DRIVER_CRASHED', `the plugin cannot be used: ${reason}`, { cause });
  }
}

function asPlugin(value: unknown): RecorderPlugin {
  if (value === undefined) throw new TypeError('it exports no recorderPlugin');
  if (!Check(Plugin, value)) {
    const [first] = Errors(Plugin, value);
    const place = first?.instancePath.replaceAll('/', '.') ?? '';
    throw new TypeError(`recorderPlugin${place} ${first?.message ?? 'is not of the documented shape'}`);
  }
  if (!hasFactory(value)) throw new TypeError('recorderPlugin.createDriver is no function');
  return value;
}

function hasFactory(value: object): value is RecorderPlugin {
  return 'createDriver' in value && typeof value.createDriver === 'function';
}
