import { join } from 'node:path';
import type { Disclosure, DisclosurePolicy, DisclosureWay } from '@docket/ingest';
import type { Config } from '../config/index.ts';
import type { Log } from '../log.ts';
import { openSigningKey, type SigningKey } from '../signed-push/signing-key.ts';
import { tellByFile } from './directory-way.ts';
import { DisclosureSender, type Tell } from './disclosure-sender.ts';
import { tellByHttps } from './https-way.ts';

type Settings = Config['disclosure'];

const refreshMs = 60_000;

/** What the settings say the public is told, as ingest takes it. */
export function disclosurePolicy(settings: Settings): DisclosurePolicy {
  const { url, directory, dutyLists, officers, decisions, statistics } = settings;
  return {
    ways: [
      ...(url === null ? [] : (['https'] as const)),
      ...(directory === null ? [] : (['directory'] as const)),
    ],
    kinds: [
      ...(dutyLists ? (['duty-list'] as const) : []),
      ...(officers ? (['officer-list'] as const) : []),
      ...(decisions ? (['decision'] as const) : []),
      ...(statistics === 'never' ? [] : (['statistics'] as const)),
    ],
    statisticsEvery: statistics === 'never' ? null : statistics,
  };
}

export function openDisclosureKey(settings: Settings, storeDirectory: string): Promise<SigningKey> {
  return openSigningKey(settings.keyFile ?? join(storeDirectory, 'disclosure-key.pem'));
}

/** The sender as the settings want it. */
export function createDisclosureSender(parts: {
  settings: Settings;
  dockName: string;
  disclosure: Disclosure;
  key: SigningKey;
  log: Log;
}): DisclosureSender {
  const { settings, dockName, disclosure, key, log } = parts;
  const { url, directory, caFile, timeoutMs, retryBaseMs, retryMaxMs } = settings;
  const retry = { baseMs: retryBaseMs, maxMs: retryMaxMs };
  const ways: Partial<Record<DisclosureWay, Tell>> = {};
  if (url !== null) {
    const options = { dockName, url, caFile, timeoutMs, retry, key };
    ways.https = (event, attempts, signal) => tellByHttps(event, attempts, options, signal);
  }
  if (directory !== null) {
    ways.directory = (event, attempts) => tellByFile(event, attempts, { dockName, directory, retry, key });
  }
  return new DisclosureSender({ disclosure, ways, retryBaseMs, refreshMs, log });
}
