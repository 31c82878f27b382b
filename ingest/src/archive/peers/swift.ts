import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PeerProcess } from '@docket/device-protocol/live-peers';
import { freePorts } from './free-ports.ts';
import type { StartedS3Peer } from './s3-peer.ts';

const run = promisify(execFile);

const storageServers = ['account', 'container', 'object'] as const;
type SwiftServer = (typeof storageServers)[number] | 'proxy';

const programs = [
  'python3',
  'memcached',
  'swift-proxy-server',
  ...storageServers.map((one) => `swift-${one}-server`),
];

/** Why OpenStack Swift cannot be started here, or `null` where it can. */
export const whyNoSwift: string | null = (() => {
  const missing = programs.filter((name) => !existsSync(join('/usr/bin', name)));
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
})();

/** Swift's own programs read `/etc/swift/swift.conf`; this runs the same servers with the settings of a folder. */
const launcher = `
import sys
from swift.common import utils
folder, kind = sys.argv[1:]
utils.set_swift_dir(folder)
from swift.common.wsgi import run_wsgi
sys.exit(run_wsgi(folder + '/' + kind + '-server.conf', kind + '-server', verbose=True))
`;

/** What `swift-ring-builder create`, `add` and `rebalance` do, for three rings of one device, in one process. */
const ringMaker = `
import sys
from swift.common.ring.builder import RingBuilder
folder = sys.argv[1]
for server, port in zip(('account', 'container', 'object'), sys.argv[2:]):
    builder = RingBuilder(4, 1, 0)
    builder.add_dev(dict(id=0, region=1, zone=1, ip='127.0.0.1', port=int(port), device='one', weight=1))
    builder.rebalance()
    builder.get_ring().save(folder + '/' + server + '.ring.gz')
`;

const account = 'docket';
const user = 'dock';
const secret = 'dock-secret-123';
const patienceMs = 120_000;

/**
 * OpenStack Swift with its S3 interface: a proxy, an account, a container and an object server, and a memcached, as
 * processes without privileges that keep everything in one folder. It has no locks, and does not say so: it answers 200
 * to a call that sets a retention or a hold, writes the body of that call over the object, and gives it back when asked
 * for the retention.
 */
export class Swift implements StartedS3Peer {
  readonly endpoint: string;
  readonly user = { accessKeyId: `${account}:${user}`, secretAccessKey: secret };
  readonly #folder: string;
  readonly #processes: PeerProcess[] = [];

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  /** Resolves once it takes objects. Throws with what its servers said where it does not come up. */
  static async start(): Promise<Swift> {
    const folder = await mkdtemp(join(tmpdir(), 'docket-swift-'));
    const [proxyPort = 0, memcachedPort = 0, ...storagePorts] = await freePorts(2 + storageServers.length);
    const swift = new Swift(folder, proxyPort);
    try {
      await layOut(folder, { proxyPort, memcachedPort, storagePorts });
      await swift.#run(memcachedPort);
      await swift.#makeAccount();
      return swift;
    } catch (error) {
      await swift.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(memcachedPort: number): Promise<void> {
    const { username } = userInfo();
    this.#processes.push(
      new PeerProcess('memcached', [
        '-l',
        '127.0.0.1',
        '-p',
        `${memcachedPort}`,
        '-U',
        '0',
        '-m',
        '16',
        '-u',
        username,
      ]),
    );
    for (const server of [...storageServers, 'proxy'] satisfies SwiftServer[]) {
      this.#processes.push(new PeerProcess('/usr/bin/python3', ['-c', launcher, this.#folder, server]));
    }
  }

  /** A new Swift refuses the first requests with 503 until it has made the account: that is asked for until it is there. */
  async #makeAccount(): Promise<void> {
    const deadline = performance.now() + patienceMs;
    let last = 'nothing';
    while (performance.now() < deadline) {
      last = await this.#tryAccount().catch(String);
      if (last === 'made') return;
      await delay(100);
    }
    const logs = this.#processes.map(({ log }) => log.slice(-2000)).join('\n');
    throw new Error(`Swift does not come up (${last}):\n${logs}`);
  }

  async #tryAccount(): Promise<string> {
    const entered = await fetch(`${this.endpoint}/auth/v1.0`, {
      headers: { 'x-auth-user': this.user.accessKeyId, 'x-auth-key': secret },
    });
    const token = entered.headers.get('x-auth-token');
    const storage = entered.headers.get('x-storage-url');
    if (token === null || storage === null) return `authentication: ${entered.status}`;
    const ask = (method: string, path: string) =>
      fetch(`${storage}${path}`, { method, headers: { 'x-auth-token': token } });
    const made = await ask('PUT', '/ready');
    if (!made.ok) return `container: ${made.status}`;
    const removed = await ask('DELETE', '/ready');
    return removed.ok ? 'made' : `container removed: ${removed.status}`;
  }
}

interface Ports {
  proxyPort: number;
  memcachedPort: number;
  storagePorts: readonly number[];
}

/** Settings and rings of a Swift of one device. */
async function layOut(folder: string, { proxyPort, memcachedPort, storagePorts }: Ports): Promise<void> {
  await mkdir(join(folder, 'devices', 'one'), { recursive: true });
  const { username } = userInfo();
  const common = (port: number) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = ${username}
swift_dir = ${folder}
devices = ${join(folder, 'devices')}
mount_check = false
fallocate_reserve = 0
workers = 0
log_level = WARNING
`;
  await writeFile(
    join(folder, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_prefix = docket\nswift_hash_path_suffix = test\n',
  );
  await writeFile(join(folder, 'proxy-server.conf'), common(proxyPort) + proxySettings(memcachedPort));
  for (const [index, server] of storageServers.entries()) {
    const port = storagePorts[index] ?? 0;
    const pipeline = `[pipeline:main]\npipeline = ${server}-server\n[app:${server}-server]\nuse = egg:swift#${server}\n`;
    await writeFile(join(folder, `${server}-server.conf`), common(port) + pipeline);
  }
  await run('/usr/bin/python3', ['-c', ringMaker, folder, ...storagePorts.map(String)]);
}

const proxySettings = (memcachedPort: number) => `
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${memcachedPort}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_${account}_${user} = ${secret} .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:symlink]
use = egg:swift#symlink
`;
