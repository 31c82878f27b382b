import { dirname, resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { archiveFaults, archiveFolders } from './archive-check.ts';
import { allowedBy, type ConfigFault, showGiven } from './config-fault.ts';
import { type Config, configSchema } from './config-schema.ts';
import { isTree, type Tree } from './config-source.ts';
import { isLoopbackName } from './loopback.ts';
import { isTimeZone, patternOf } from './name-profile.ts';
import { isSafeReceiver, overlap } from './place.ts';
import { repeats } from './repeats.ts';
import { settingKeywords } from './setting.ts';
import { rootSchema, type SettingSchema } from './settings.ts';

const ajv = new Ajv({ allErrors: true, verbose: true, useDefaults: true, allowUnionTypes: true });
ajv.addVocabulary(settingKeywords);
const validate = ajv.compile<Config>(configSchema);

/** Fills defaults in place and tells what does not fit the schema. */
export function checkShape(tree: Tree): { config: Config | null; faults: ConfigFault[] } {
  if (validate(tree)) return { config: tree, faults: [] };
  const faults = new Map<string, ConfigFault>();
  for (const error of validate.errors ?? []) {
    const fault = toFault(error);
    if (!faults.has(fault.path)) faults.set(fault.path, fault);
  }
  return { config: null, faults: [...faults.values()] };
}

export function toFault(error: ErrorObject): ConfigFault {
  const path = dottedPath(error.instancePath);
  const schema = error.parentSchema as SettingSchema;
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty);
    const allowed = allowedBy(schema.properties?.[key] ?? {});
    return { path: join(path, key), source: null, given: null, allowed };
  }
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    const keys = Object.keys(schema.properties ?? {});
    return { path: join(path, key), source: null, given: null, allowed: { kind: 'keys', keys } };
  }
  return { path, source: null, given: showGiven(error.data, schema), allowed: allowedBy(schema) };
}

function dottedPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/u.test(part) ? `${path}[${part}]` : join(path, part)), '');
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Makes every path absolute, in place; `base` is where relative ones start. */
export function resolvePaths(value: unknown, base: string, schema: SettingSchema = rootSchema): unknown {
  if (schema.isPath === true && typeof value === 'string') return resolve(base, value);
  if (Array.isArray(value)) return value.map((item) => resolvePaths(item, base, schema.items));
  if (!isTree(value)) return value;
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    value[key] = resolvePaths(value[key], base, property);
  }
  return value;
}

/** The sections in which no fault was found, so that the rules about them can be checked although others have some. */
export function soundSections(tree: Tree, faults: readonly ConfigFault[]): Partial<Config> {
  const faulty = new Set(faults.map((fault) => fault.path.split(/[.[]/u)[0]));
  return Object.fromEntries(Object.entries(tree).filter(([section]) => !faulty.has(section)));
}

/** What the schema cannot say: rules between settings. */
export function checkRules(config: Partial<Config>): ConfigFault[] {
  return [
    ...doorFaults(config),
    ...placeFaults(config),
    ...waterFaults(config),
    ...archiveFaults(config),
    ...nameProfileFaults(config),
    ...repeatFaults(config),
    ...disclosureFaults(config),
  ];
}

function doorFaults({ http }: Partial<Config>): ConfigFault[] {
  if (http === undefined || isLoopbackName(http.address) || http.tokens.length > 0) return [];
  const allowed = { kind: 'loopback-or-token', path: 'http.tokens' } as const;
  return [{ path: 'http.address', source: null, given: showGiven(http.address, undefined), allowed }];
}

function placeFaults({ store, volumes }: Partial<Config>): ConfigFault[] {
  const given = volumes?.directory ?? null;
  if (given === null || store === undefined || !overlap(given, store.directory)) return [];
  const allowed = { kind: 'outside', path: 'store.directory' } as const;
  return [{ path: 'volumes.directory', source: null, given: showGiven(given, undefined), allowed }];
}

function waterFaults({ store }: Partial<Config>): ConfigFault[] {
  if (store === undefined || store.lowWaterPercent < store.highWaterPercent) return [];
  const allowed = { kind: 'below', path: 'store.highWaterPercent' } as const;
  return [{ path: 'store.lowWaterPercent', source: null, given: String(store.lowWaterPercent), allowed }];
}

/** What the public is told goes nowhere in the clear, and lies apart from footage. */
function disclosureFaults({ disclosure, store, archive }: Partial<Config>): ConfigFault[] {
  if (disclosure === undefined) return [];
  const { url, directory, retryBaseMs, retryMaxMs } = disclosure;
  const fault = (key: string, given: string, allowed: ConfigFault['allowed']): ConfigFault => ({
    path: `disclosure.${key}`,
    source: null,
    given: showGiven(given, undefined),
    allowed,
  });
  const isInside = (place: string | undefined) =>
    directory !== null && place !== undefined && overlap(directory, place);
  return [
    ...(url === null || isSafeReceiver(url) ? [] : [fault('url', url, { kind: 'https-or-loopback' })]),
    ...(isInside(store?.directory)
      ? [fault('directory', directory ?? '', { kind: 'outside', path: 'store.directory' })]
      : []),
    ...(archive === undefined ? [] : archiveFolders(archive))
      .filter(({ folder }) => isInside(folder))
      .map(({ path }) => fault('directory', directory ?? '', { kind: 'outside', path })),
    ...(retryMaxMs < retryBaseMs
      ? [fault('retryMaxMs', String(retryMaxMs), { kind: 'at-least', path: 'disclosure.retryBaseMs' })]
      : []),
  ];
}

function nameProfileFaults({ volumes }: Partial<Config>): ConfigFault[] {
  return (volumes?.nameProfiles ?? []).flatMap(({ pattern, timeZone }, index) => {
    const path = `volumes.nameProfiles[${index}]`;
    const fault = (key: string, given: string, kind: 'regular-expression' | 'time-zone'): ConfigFault => ({
      path: `${path}.${key}`,
      source: null,
      given: showGiven(given, undefined),
      allowed: { kind },
    });
    return [
      ...(patternOf(pattern) === null ? [fault('pattern', pattern, 'regular-expression')] : []),
      ...(timeZone !== null && !isTimeZone(timeZone) ? [fault('timeZone', timeZone, 'time-zone')] : []),
    ];
  });
}

function repeatFaults({ slots = [], volumes, serial, usb, firmware, http }: Partial<Config>): ConfigFault[] {
  const ports = serial?.ports ?? [];
  const tokens = http?.tokens ?? [];
  return [
    ...repeats('slots', 'slot', slots),
    ...repeats('volumes.nameProfiles', 'name', volumes?.nameProfiles ?? []),
    ...repeats('serial.ports', 'devicePath', ports),
    ...repeats('serial.ports', 'slot', ports),
    ...repeats('usb.passwords', 'model', usb?.passwords ?? []),
    ...repeats('usb.serialAdapters', 'device', usb?.serialAdapters ?? []),
    ...repeats('firmware.publicKeys', 'name', firmware?.publicKeys ?? []),
    ...repeats('firmware.rollOuts', 'model', firmware?.rollOuts ?? []),
    ...repeats('http.tokens', 'name', tokens),
    ...repeats('http.tokens', 'sha256', tokens, true),
  ];
}

/** The folder relative paths of a configuration start from. */
export function baseFolder(file: string | null): string {
  return file === null ? process.cwd() : dirname(resolve(file));
}
