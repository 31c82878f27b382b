import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import type { RecorderDriver } from '../attachment.ts';
import { RecorderError } from '../errors.ts';
import type { RecorderPlugin } from './plugin.ts';

const Plugin = Type.Object({
  apiVersion: Type.Literal(1),
  name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }),
  createDriver: Type.Unsafe<RecorderPlugin['createDriver']>(Type.Unknown()),
});

/** What is wrong with a plugin, for whoever configured it. */
export class PluginError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'PluginError';
  }
}

/** The plugin a module exports. Throws PluginError where it cannot be loaded or is none. */
export async function importPlugin(module: string): Promise<RecorderPlugin> {
  const exports = await import(module).catch((cause: unknown) => {
    throw new PluginError(`it cannot be loaded: ${messageOf(cause)}`, { cause });
  });
  const plugin: unknown = exports.recorderPlugin;
  if (plugin === undefined) throw new PluginError('it exports no recorderPlugin');
  if (!isPlugin(plugin)) {
    throw new PluginError(
      'its recorderPlugin lacks apiVersion 1, a name of lower-case letters, or createDriver',
    );
  }
  return plugin;
}

/** The driver of a plugin. Throws RecorderError DRIVER_CRASHED where the plugin or its options are of no use. */
export async function loadPlugin({
  module,
  options,
}: {
  module: string;
  options: unknown;
}): Promise<RecorderDriver> {
  try {
    const plugin = await importPlugin(module);
    return await plugin.createDriver(options);
  } catch (cause) {
    throw new RecorderError('DRIVER_CRASHED', `the plugin failed: ${messageOf(cause)}`, { cause });
  }
}

function isPlugin(value: unknown): value is Static<typeof Plugin> {
  return Check(Plugin, value) && typeof value.createDriver === 'function';
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
