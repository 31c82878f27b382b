import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PeerProcess } from '@docket/device-protocol/live-peers';
import { S3Client, smallBody } from '../s3/s3-client.ts';
import { writeXml } from '../s3/s3-xml.ts';
import type { S3TargetSettings } from '../target-settings.ts';
import { cephConfiguration, certificateFile, privateKeyFile } from './ceph-configuration.ts';
import { freePorts } from './free-ports.ts';

const run = promisify(execFile);

/** Why Ceph cannot be started here, or `null` where it can. */
export const whyNoCeph: string | null = (() => {
  for (const program of ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'rados', 'setpriv']) {
    try {
      accessSync(`/usr/bin/${program}`);
    } catch {
      return `${program} is missing: apt-get install radosgw ceph-mon ceph-osd`;
    }
  }
  return process.getuid?.() === 0 ? null : 'Ceph is started as root only';
})();

/** What a step of the start may take, on a machine that is busy with other tests. */
const startTimeoutMs = 90_000;
const { signal: never } = new AbortController();

export interface CephUser {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * Ceph with an S3 door (RADOS gateway): one monitor, one disk, one gateway, in a temporary folder and on free ports.
 * Starting takes some 20 seconds, so that tests share one.
 */
export class Ceph {
  readonly endpoint: string;
  /** The same by TLS, with a certificate of its own. */
  readonly secureEndpoint: string;
  /** The user `dock`, without limits. */
  readonly user: CephUser;
  readonly #folder: string;
  readonly #daemons = new Map<string, PeerProcess>();

  private constructor(folder: string, port: number, securePort: number) {
    this.#folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.secureEndpoint = `https://127.0.0.1:${securePort}`;
    this.user = { accessKeyId: 'DOCKKEY', secretAccessKey: 'docksecret123' };
  }

  static async start(): Promise<Ceph> {
    if (whyNoCeph !== null) throw new Error(whyNoCeph);
    const folder = await mkdtemp(join(tmpdir(), 'docket-ceph-'));
    const [port = 0, securePort = 0, monitor = 0, monitorV1 = 0] = await freePorts(4);
    const ceph = new Ceph(folder, port, securePort);
    try {
      await ceph.#layOut({ port, securePort, monitor, monitorV1 });
      await ceph.#startDaemons();
      await ceph.addUser('dock', ceph.user);
      return ceph;
    } catch (error) {
      await ceph.stop();
      throw error;
    }
  }

  /** The certificate of the gateway, PEM. */
  get caFile(): string {
    return join(this.#folder, certificateFile);
  }

  /** Ends all of it, and removes the folder. */
  async stop(): Promise<void> {
    for (const daemon of this.#daemons.values()) await daemon.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Settings of a target that keeps both classes of retention in one bucket. */
  target(bucket: string, change: Partial<S3TargetSettings> = {}): S3TargetSettings {
    return {
      kind: 's3',
      name: 'ceph',
      encryptTo: [],
      bytesPerSecond: null,
      receiptKeys: [],
      isWormRequired: false,
      endpoint: this.endpoint,
      region: 'default',
      dialect: 'ceph',
      buckets: { ordinary: bucket, long: bucket },
      isPathStyle: null,
      ...this.user,
      sessionToken: null,
      retention: 'compliance',
      verify: 'readback',
      partBytes: 5 * 1024 * 1024,
      parallelParts: 2,
      caFile: null,
      idleTimeoutMs: 60_000,
      ...change,
    };
  }

  async addUser(id: string, { accessKeyId, secretAccessKey }: CephUser): Promise<void> {
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    await this.admin('user', 'create', `--uid=${id}`, `--display-name=${id}`, ...keys);
  }

  /** Makes a user’s buckets take no more than so much in all. */
  async limit(id: string, sizeBytes: number): Promise<void> {
    const quota = [`--uid=${id}`, '--quota-scope=user'];
    await this.admin('quota', 'set', ...quota, `--max-size=${sizeBytes}B`);
    await this.admin('quota', 'enable', ...quota);
  }

  /**
   * Makes a bucket with versions. With `lockDays` it locks objects, and does so by default for that long in COMPLIANCE mode;
   * with 0 it can lock, and does not by itself.
   */
  async makeBucket(bucket: string, lockDays: number | null, user: CephUser = this.user): Promise<void> {
    const client = new S3Client(this.target(bucket, user));
    try {
      const headers = lockDays === null ? {} : { 'x-amz-bucket-object-lock-enabled': 'true' };
      await client.call({ method: 'PUT', bucket, headers }, never);
      const versioning = smallBody(writeXml('VersioningConfiguration', { Status: 'Enabled' }));
      await client.call({ method: 'PUT', bucket, query: { versioning: '' }, body: versioning }, never);
      if (lockDays === null || lockDays === 0) return;
      const rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days: lockDays } };
      const lock = writeXml('ObjectLockConfiguration', { ObjectLockEnabled: 'Enabled', Rule: rule });
      const query = { 'object-lock': '' };
      await client.call({ method: 'PUT', bucket, query, body: smallBody(lock) }, never);
    } finally {
      client.close();
    }
  }

  /** `radosgw-admin`: what the administrator of the store can do. */
  async admin(...parameters: string[]): Promise<string> {
    return this.#command('radosgw-admin', '-n', 'client.rgw.a', ...parameters);
  }

  /** Turns a byte of what lies under a key, on the disk and past the gateway, as a bad disk does. */
  async corrupt(key: string): Promise<void> {
    const pool = ['-p', 'default.rgw.buckets.data'];
    const names = (await this.#command('rados', ...pool, 'ls')).split('\n');
    const found = names.filter((name) => name.endsWith(`_${key}`) && !name.includes('__multipart_'));
    if (found.length === 0) throw new Error(`no object of ${key} among ${names.length}`);
    const copy = join(this.#folder, `${randomUUID()}.bytes`);
    for (const name of found) {
      await this.#command('rados', ...pool, 'get', name, copy);
      const bytes = await readFile(copy);
      if (bytes.length === 0) continue;
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      await writeFile(copy, bytes);
      await this.#command('rados', ...pool, 'put', name, copy);
    }
    await rm(copy, { force: true });
  }

  /** Ends the gateway at once, as a power cut would. */
  async killGateway(): Promise<void> {
    await this.#daemons.get('radosgw')?.kill();
  }

  /** Starts the gateway, again on its port, and waits until it answers. */
  async startGateway(): Promise<void> {
    this.#daemon('radosgw', '-n', 'client.rgw.a', '-f');
    await until(async () => {
      await fetch(this.endpoint, { signal: AbortSignal.timeout(5000) });
      return true;
    }, 'radosgw');
  }

  /** Stops the disk in the middle of whatever it does; requests then hang without an error. */
  haltDisk(): void {
    this.#signalDisk('SIGSTOP');
  }

  resumeDisk(): void {
    this.#signalDisk('SIGCONT');
  }

  #signalDisk(signal: NodeJS.Signals): void {
    const pid = this.#daemons.get('ceph-osd')?.pid;
    if (pid !== undefined) process.kill(pid, signal);
  }

  async #layOut(ports: {
    port: number;
    securePort: number;
    monitor: number;
    monitorV1: number;
  }): Promise<void> {
    const folder = this.#folder;
    for (const name of ['mon', 'osd', 'rgw', 'run']) await mkdir(join(folder, name));
    const fsid = randomUUID();
    await writeFile(join(folder, 'ceph.conf'), cephConfiguration({ folder, fsid, ...ports }));
    await makeCertificate(folder);
    const keyring = join(folder, 'keyring');
    const keys: [name: string, ...capabilities: string[]][] = [
      ['mon.', 'mon', 'allow *'],
      ['client.admin', 'mon', 'allow *', 'osd', 'allow *', 'mgr', 'allow *'],
      ['client.rgw.a', 'mon', 'allow *', 'osd', 'allow *', 'mgr', 'allow *'],
      ['osd.0', 'mon', 'allow profile osd', 'osd', 'allow *', 'mgr', 'allow profile osd'],
    ];
    await run('ceph-authtool', ['--create-keyring', keyring]);
    for (const [name, ...capabilities] of keys) {
      const caps = Array.from({ length: capabilities.length / 2 }, (_, index) => [
        '--cap',
        ...capabilities.slice(2 * index, 2 * index + 2),
      ]).flat();
      await run('ceph-authtool', [keyring, '--gen-key', '-n', name, ...caps]);
    }
    const map = join(folder, 'monmap');
    const address = `[v2:127.0.0.1:${ports.monitor},v1:127.0.0.1:${ports.monitorV1}]`;
    await run('monmaptool', ['--create', '--addv', 'a', address, '--fsid', fsid, map]);
    await this.#command('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);
  }

  async #startDaemons(): Promise<void> {
    this.#daemon('ceph-mon', '-i', 'a', '-f');
    await until(async () => (await this.#command('ceph', '-s')) !== '', 'ceph-mon');
    // The disk must be made with the very id it was announced with, else it never comes up.
    const disk = randomUUID();
    await this.#command('ceph', 'osd', 'new', disk, '0');
    await this.#command('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk);
    this.#daemon('ceph-osd', '-i', '0', '-f');
    await until(async () => (await this.#command('ceph', 'osd', 'stat')).includes('1 up'), 'ceph-osd');
    await this.startGateway();
  }

  #daemon(program: string, ...parameters: string[]): void {
    this.#daemons.set(
      program,
      new PeerProcess(program, ['-c', join(this.#folder, 'ceph.conf'), ...parameters]),
    );
  }

  async #command(program: string, ...parameters: string[]): Promise<string> {
    const configuration = ['-c', join(this.#folder, 'ceph.conf')];
    const { stdout } = await run(program, [...configuration, ...parameters], {
      timeout: startTimeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }
}

async function makeCertificate(folder: string): Promise<void> {
  const files = ['-keyout', join(folder, privateKeyFile), '-out', join(folder, certificateFile)];
  const names = ['-subj', '/CN=ceph', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', ['req', '-x509', '-days', '2', ...key, ...names, ...files]);
}

/** Asks until the answer is yes; a question that fails is one that is not answered yet. */
async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  let last: unknown = null;
  while (Date.now() < deadline) {
    try {
      if (await isSo()) return;
    } catch (error) {
      last = error;
    }
    await delay(100);
  }
  throw new Error(`${what} did not come up in ${startTimeoutMs} ms`, { cause: last });
}
