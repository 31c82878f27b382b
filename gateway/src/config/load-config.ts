import { readArchiveSecrets } from './archive-secrets.ts';
import { baseFolder, checkRules, checkShape, resolvePaths, soundSections } from './config-check.ts';
import { ConfigError, type ConfigFault, showGiven } from './config-fault.ts';
import type { Config } from './config-schema.ts';
import { applyAssignments, applyEnvironment, type Layered, readTree } from './config-source.ts';
import { resolvePackage } from './resolve-package.ts';

export interface ConfigSources {
  /** The YAML file; `null` where everything comes from the environment and flags. */
  file: string | null;
  environment: Record<string, string | undefined>;
  /** `path=value`, later ones win. */
  assignments: readonly string[];
}

/** Puts the file a package begins with in the place of its name; what leads to none is a fault. */
async function findPackages({ drivers }: Partial<Config>, base: string): Promise<ConfigFault[]> {
  const faults: ConfigFault[] = [];
  for (const [index, plugin] of (drivers?.plugins ?? []).entries()) {
    const entry = await resolvePackage(plugin.package, base);
    if (entry !== null) plugin.package = entry;
    else {
      const given = showGiven(plugin.package, undefined);
      faults.push({
        path: `drivers.plugins[${index}].package`,
        source: null,
        given,
        allowed: { kind: 'package' },
      });
    }
  }
  return faults;
}

/** Reads, layers (file < environment < flags) and checks the configuration. Throws ConfigError with every fault. */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const layered: Layered =
    sources.file === null ? { tree: {}, sources: new Map(), faults: [] } : await readTree(sources.file);
  // A file that cannot be read would only be followed by faults about everything it was to say.
  if (layered.faults.length > 0) throw new ConfigError(layered.faults);
  applyEnvironment(layered, sources.environment);
  applyAssignments(layered, sources.assignments);
  const { config, faults } = checkShape(layered.tree);
  layered.faults.push(...faults);
  const sound = config ?? soundSections(layered.tree, faults);
  resolvePaths(sound, baseFolder(sources.file));
  layered.faults.push(...checkRules(sound), ...(await findPackages(sound, baseFolder(sources.file))));
  layered.faults.push(...(await readArchiveSecrets(sound)));
  if (config === null || layered.faults.length > 0) {
    throw new ConfigError(
      layered.faults.map((fault) => ({
        ...fault,
        source: fault.source ?? layered.sources.get(fault.path) ?? null,
      })),
    );
  }
  return config;
}
