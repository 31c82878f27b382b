import { Ajv } from 'ajv';
import { baseFolder, resolvePaths, toFault } from '../config/config-check.ts';
import { ConfigError, type ConfigFault, showGiven } from '../config/config-fault.ts';
import { readTree } from '../config/config-source.ts';
import { isLoopbackName } from '../config/loopback.ts';
import { settingKeywords } from '../config/setting.ts';
import type { SettingSchema } from '../config/settings.ts';
import { type ReceiverSettings, receiverSchema } from './receiver-settings.ts';

const ajv = new Ajv({ allErrors: true, verbose: true, useDefaults: true, allowUnionTypes: true });
ajv.addVocabulary(settingKeywords);
const validate = ajv.compile<ReceiverSettings>(receiverSchema);

/** Reads and checks the configuration of a receiver. Throws ConfigError with every fault. */
export async function loadReceiverSettings(file: string): Promise<ReceiverSettings> {
  const { tree, faults } = await readTree(file);
  if (faults.length > 0) throw new ConfigError(faults);
  if (!validate(tree)) throw new ConfigError((validate.errors ?? []).map(toFault));
  resolvePaths(tree, baseFolder(file), receiverSchema as unknown as SettingSchema);
  const broken = [...doorFaults(tree), ...repeatedDocks(tree)];
  if (broken.length > 0) throw new ConfigError(broken);
  return tree;
}

/** Tokens go over no line in the clear: TLS, or a proxy on this machine that speaks it. */
function doorFaults({ listen, tls }: ReceiverSettings): ConfigFault[] {
  if ((tls.certificateFile === null) !== (tls.keyFile === null)) {
    const path = tls.keyFile === null ? 'tls.keyFile' : 'tls.certificateFile';
    return [{ path, source: null, given: null, allowed: { kind: 'readable-file' } }];
  }
  if (tls.certificateFile !== null || isLoopbackName(listen.address)) return [];
  const given = showGiven(listen.address, undefined);
  return [
    {
      path: 'listen.address',
      source: null,
      given,
      allowed: { kind: 'loopback-or-token', path: 'tls.certificateFile' },
    },
  ];
}

function repeatedDocks({ docks }: ReceiverSettings): ConfigFault[] {
  const names = docks.map(({ name }) => name);
  const tokens = docks.map(({ tokenSha256 }) => tokenSha256);
  return docks.flatMap((dock, index) => [
    ...(names.indexOf(dock.name) === index
      ? []
      : [repeated(`docks[${index}].name`, showGiven(dock.name, undefined))]),
    ...(tokens.indexOf(dock.tokenSha256) === index
      ? []
      : [repeated(`docks[${index}].tokenSha256`, '(hidden)')]),
  ]);
}

function repeated(path: string, given: string | null): ConfigFault {
  return { path, source: null, given, allowed: { kind: 'once' } };
}
