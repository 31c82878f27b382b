import { DriverProcess } from '../isolation/driver-process.ts';
import type { PluginFacts } from './plugin.ts';

/**
 * Looks at a plugin in a process of its own: none of its code runs in this one. Throws RecorderError DRIVER_CRASHED
 * with what is wrong with the plugin or its options, RECORDER_SILENT where it does not come to an end.
 */
export async function inspectPlugin(module: string, options: unknown): Promise<PluginFacts> {
  const process = new DriverProcess({ driver: 'plugin', progressTimeoutMs: 30_000, patienceMs: 2_000 });
  try {
    return (await process.ask('describePlugin', { module, options })).body;
  } finally {
    await process.stop();
  }
}
