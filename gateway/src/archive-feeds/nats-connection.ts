import {
  type Authenticator,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type TlsOptions,
  tokenAuthenticator,
} from '@nats-io/transport-node';
import type { Config } from '../config/index.ts';
import { isLoopbackName } from '../config/loopback.ts';
import { readSecretFile } from './secret-file.ts';

export type NatsSettings = Config['archive']['feeds']['nats'];

/**
 * Connects as the settings say. TLS unless every server is on this machine and none is written `tls:`; a server without it
 * is then refused. A connection that breaks stays broken: whoever uses it asks the stream anew before it goes on.
 */
export async function connectNats(settings: NatsSettings, name: string): Promise<NatsConnection> {
  const authenticator = await authenticatorOf(settings);
  return connect({
    servers: settings.servers,
    name,
    timeout: settings.timeoutMs,
    reconnect: false,
    pingInterval: settings.timeoutMs,
    tls: tlsOf(settings),
    ...(authenticator === null ? {} : { authenticator }),
  });
}

function tlsOf({ servers, caFile, certificateFile, certificateKeyFile }: NatsSettings): TlsOptions | null {
  const isHere = servers.every((server) => {
    const { protocol, hostname } = new URL(server);
    return protocol === 'nats:' && isLoopbackName(hostname);
  });
  if (isHere && caFile === null) return null;
  return {
    ...(caFile === null ? {} : { caFile }),
    ...(certificateFile === null ? {} : { certFile: certificateFile }),
    ...(certificateKeyFile === null ? {} : { keyFile: certificateKeyFile }),
  };
}

async function authenticatorOf(settings: NatsSettings): Promise<Authenticator | null> {
  const { credentialsFile, nkeySeedFile, tokenFile } = settings;
  if (credentialsFile !== null) return credsAuthenticator(await readSecretFile(credentialsFile));
  if (nkeySeedFile !== null) {
    return nkeyAuthenticator(Buffer.from((await readSecretFile(nkeySeedFile)).toString().trim()));
  }
  if (tokenFile !== null) return tokenAuthenticator((await readSecretFile(tokenFile)).toString().trim());
  return null;
}
