import type { Config } from '../../config/index.ts';

type Feeds = Config['archive']['feeds'];

/** Settings of NATS with the shortest waits. */
export function natsSettings(servers: string[], change: Partial<Feeds['nats']> = {}): Feeds['nats'] {
  return {
    servers,
    stream: 'bwc',
    replicas: 1,
    credentialsFile: null,
    nkeySeedFile: null,
    tokenFile: null,
    caFile: null,
    certificateFile: null,
    certificateKeyFile: null,
    timeoutMs: 5_000,
    retryBaseMs: 20,
    retryMaxMs: 100,
    ...change,
  };
}

/** Settings of a webhook with the shortest waits. */
export function webhookSettings(change: Partial<Feeds['webhook']> = {}): Feeds['webhook'] {
  return {
    url: null,
    caFile: null,
    keyFile: null,
    mostInBatch: 5,
    timeoutMs: 5_000,
    retryBaseMs: 5,
    retryMaxMs: 20,
    ...change,
  };
}
