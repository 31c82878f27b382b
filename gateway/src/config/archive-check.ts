import { isCronPattern } from '@docket/ingest';
import { type Allowed, type ConfigFault, showGiven } from './config-fault.ts';
import type { Config } from './config-schema.ts';
import { isTimeZone } from './name-profile.ts';
import { isSafeReceiver, overlap } from './place.ts';
import { repeated } from './repeats.ts';

type Archive = Config['archive'];

/** The rules between settings of the archive. */
export function archiveFaults({ archive, store }: Partial<Config>): ConfigFault[] {
  if (archive === undefined) return [];
  return [
    ...targetFaults(archive),
    ...folderFaults(archive, store?.directory ?? null),
    ...addressFaults(archive),
    ...secretFaults(archive),
    ...natsFaults(archive.feeds.nats),
    ...lineFaults(archive),
    ...(archive.retryMaxMs < archive.retryBaseMs
      ? [
          fault('archive.retryMaxMs', archive.retryMaxMs, {
            kind: 'at-least',
            path: 'archive.retryBaseMs',
          }),
        ]
      : []),
  ];
}

/** Every folder that is a target, with where it was given. */
export function archiveFolders({ directory, directories }: Archive): { path: string; folder: string }[] {
  return [
    ...(directory.path === null ? [] : [{ path: 'archive.directory.path', folder: directory.path }]),
    ...directories.map(({ path }, index) => ({ path: `archive.directories[${index}].path`, folder: path })),
  ];
}

function targetFaults(archive: Archive): ConfigFault[] {
  const named = (list: 'directories' | 's3' | 'http') =>
    archive[list].map(({ name }, index) => ({ path: `archive.${list}[${index}].name`, value: name }));
  const names = [
    ...(archive.directory.path === null ? [] : [{ path: 'archive.name', value: archive.name }]),
    ...named('directories'),
    ...named('s3'),
    ...named('http'),
  ];
  if (names.length > 0) return repeated(names);
  return [{ path: 'archive.directory.path', source: null, given: null, allowed: { kind: 'archive-target' } }];
}

/** A target in the store, or in another target, would be no second copy. */
function folderFaults(archive: Archive, store: string | null): ConfigFault[] {
  const places = archiveFolders(archive);
  return places.flatMap(({ path, folder }, index) => {
    const others = [
      ...(store === null ? [] : [{ path: 'store.directory', folder: store }]),
      ...places.slice(0, index),
    ];
    const other = others.find((place) => overlap(place.folder, folder));
    return other === undefined ? [] : [fault(path, folder, { kind: 'outside', path: other.path })];
  });
}

function addressFaults({ s3, http, feeds }: Archive): ConfigFault[] {
  const { url } = feeds.webhook;
  const addresses = [
    ...(url === null ? [] : [{ path: 'archive.feeds.webhook.url', address: url, isPlainHttpAllowed: false }]),
    ...s3.map(({ endpoint, isPlainHttpAllowed }, index) => ({
      path: `archive.s3[${index}].endpoint`,
      address: endpoint,
      isPlainHttpAllowed,
    })),
    ...http.map(({ url, isPlainHttpAllowed }, index) => ({
      path: `archive.http[${index}].url`,
      address: url,
      isPlainHttpAllowed,
    })),
  ];
  return addresses.flatMap(({ path, address, isPlainHttpAllowed }) =>
    isSafeReceiver(address, isPlainHttpAllowed)
      ? []
      : // Hidden: what is wrong may be that it names a user and a password.
        [{ path, source: null, given: '(hidden)', allowed: { kind: 'https-or-loopback' } as const }],
  );
}

function secretFaults({ s3, http }: Archive): ConfigFault[] {
  const given = [
    ...s3.map((target, index) => ({
      path: `archive.s3[${index}].secretAccessKey`,
      values: [target.secretAccessKey, target.secretAccessKeyFile],
      keys: ['secretAccessKey', 'secretAccessKeyFile'],
    })),
    ...http.map((target, index) => ({
      path: `archive.http[${index}].token`,
      values: [target.token, target.tokenFile],
      keys: ['token', 'tokenFile'],
    })),
  ];
  return given
    .filter(({ values }) => values.filter((value) => value !== null).length !== 1)
    .map(({ path, values, keys }) => ({
      path,
      source: null,
      given: values.every((value) => value === null) ? null : '(hidden)',
      allowed: { kind: 'one-of', keys },
    }));
}

/** Who the dock is said in one way, and a certificate goes with its key. */
function natsFaults(nats: Archive['feeds']['nats']): ConfigFault[] {
  const ways = (['credentialsFile', 'nkeySeedFile', 'tokenFile'] as const).filter(
    (key) => nats[key] !== null,
  );
  const [, second] = ways;
  const faults =
    second === undefined
      ? []
      : [fault(`archive.feeds.nats.${second}`, nats[second], { kind: 'one-of', keys: [...ways] })];
  const { certificateFile, certificateKeyFile } = nats;
  if ((certificateFile === null) === (certificateKeyFile === null)) return faults;
  const missing = certificateFile === null ? 'certificateFile' : 'certificateKeyFile';
  return [...faults, fault(`archive.feeds.nats.${missing}`, null, { kind: 'secret-file' })];
}

function lineFaults({ forwarding: { windows, zone } }: Archive): ConfigFault[] {
  return [
    ...windows.flatMap(({ cron }, index) =>
      isCronPattern(cron) ? [] : [fault(`archive.forwarding.windows[${index}].cron`, cron, { kind: 'cron' })],
    ),
    ...(isTimeZone(zone) ? [] : [fault('archive.forwarding.zone', zone, { kind: 'time-zone' })]),
  ];
}

function fault(path: string, given: unknown, allowed: Allowed): ConfigFault {
  return { path, source: null, given: showGiven(given, undefined), allowed };
}
