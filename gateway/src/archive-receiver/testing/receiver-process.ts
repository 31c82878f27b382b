import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HashPool, HttpArchive, type HttpTargetSettings, sealedRecordDocument } from '@docket/ingest';
import { onTestFinished } from 'vitest';

const child = fileURLToPath(new URL('./receiver-child.js', import.meta.url));
const { signal: never } = new AbortController();

/** What `depositOf` says is the sealed record of every clip. */
const recordBody = 'the sealed record of this clip';
const record = sealedRecordDocument('0190163d-8694-739b-aea5-966c26f8ad91', recordBody);

export interface ReceiverOptions {
  /** Where it keeps everything; its own otherwise. */
  folder?: string;
  tls?: { certificateFile: string; keyFile: string };
  docks?: readonly string[];
  limits?: Record<string, number>;
  /** More lines of the first dock's settings. */
  dock?: Record<string, unknown>;
  isImmutable?: boolean;
}

/** A receiver in a process of its own, that may be killed and started again over the same folder. */
export class ReceiverProcess {
  readonly folder: string;
  readonly #configFile: string;
  #process: ChildProcess | null = null;
  #said: { url: string; verifierKey: string } | null = null;

  private constructor(folder: string, configFile: string) {
    this.folder = folder;
    this.#configFile = configFile;
  }

  /** `atEnd` is given what ends it: the running test's end, unless several tests share it. */
  static async start(
    options: ReceiverOptions = {},
    atEnd: (end: () => Promise<void>) => void = onTestFinished,
  ): Promise<ReceiverProcess> {
    const root = await mkdtemp(join(tmpdir(), 'docket-receiver-'));
    const folder = options.folder ?? join(root, 'archive');
    await mkdir(folder, { recursive: true });
    const configFile = join(root, 'archive.yaml');
    const docks = (options.docks ?? ['dock-1', 'dock-2']).map((name, index) => ({
      name,
      tokenSha256: createHash('sha256').update(tokenOf(name)).digest('hex'),
      ...(index === 0 ? options.dock : {}),
    }));
    const settings = {
      name: 'archive.example',
      folder,
      listen: { port: 0 },
      docks,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      limits: { reserveBytes: 0, ...options.limits },
      isImmutable: options.isImmutable ?? false,
    };
    // A JSON text is a YAML text too.
    await writeFile(configFile, JSON.stringify(settings));
    const receiver = new ReceiverProcess(folder, configFile);
    atEnd(async () => {
      await receiver.kill();
      await rm(root, { recursive: true, force: true });
    });
    await receiver.run();
    return receiver;
  }

  get url(): string {
    return this.#known.url;
  }

  get verifierKey(): string {
    return this.#known.verifierKey;
  }

  get #known() {
    if (this.#said === null) throw new Error('the receiver does not run');
    return this.#said;
  }

  /** Starts it; with `dieAt`, it kills itself as it passes that step, at the `nth` time. */
  async run(die?: { at: string; nth?: number }): Promise<void> {
    const words = ['--config', this.#configFile, die?.at ?? '', String(die?.nth ?? 1)];
    const started = spawn(process.execPath, [child, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = started;
    for await (const line of createInterface({ input: started.stdout })) {
      const { msg, url, verifierKey, err } = JSON.parse(line) as Record<string, string>;
      if (msg === 'the archive takes clips') {
        this.#said = { url: url ?? '', verifierKey: verifierKey ?? '' };
        break;
      }
      if (err !== undefined) throw new Error(`the receiver did not start: ${line}`);
    }
    started.stdout.resume();
    if (this.#said === null) throw new Error('the receiver ended before it listened');
  }

  /** Resolves once it has died by itself. */
  async died(): Promise<void> {
    const running = this.#process;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    await once(running, 'exit');
  }

  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.died();
    this.#process = null;
  }

  /** A target of a dock that pins the receiver's key. */
  target(change: Partial<HttpTargetSettings> = {}, dock = 'dock-1'): HttpArchive {
    const pool = new HashPool(1);
    const archive = new HttpArchive({ settings: this.settings(change, dock), pool });
    onTestFinished(async () => {
      await archive.close();
      await pool.stop();
    });
    return archive;
  }

  settings(change: Partial<HttpTargetSettings> = {}, dock = 'dock-1'): HttpTargetSettings {
    return {
      kind: 'http',
      name: 'central',
      url: this.url,
      token: tokenOf(dock),
      chunkBytes: 1_048_576,
      caFile: null,
      idleTimeoutMs: 10_000,
      encryptTo: [],
      bytesPerSecond: null,
      receiptKeys: [this.verifierKey],
      isWormRequired: false,
      ...change,
    };
  }

  /** Lays there what deposits of `depositOf` say is their record. */
  async keepRecord(target: HttpArchive): Promise<void> {
    await target.putDocument(record, never);
  }

  /** Every clip and document, by key, but for the record laid there for the test. */
  async objects(): Promise<Map<string, Buffer>> {
    const kept = (await this.#files()).filter((file) =>
      /^(?:clips|records|receipts|index|heads)\//u.test(file),
    );
    return new Map(
      await Promise.all(
        kept
          .filter((file) => file !== record.key)
          .map(async (file) => [file, await readFile(join(this.folder, file))] as const),
      ),
    );
  }

  async unfinished(): Promise<string[]> {
    return (await this.#files()).filter((file) => file.startsWith('incoming/'));
  }

  async #files(): Promise<string[]> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.folder, join(entry.parentPath, entry.name)))
      .sort();
  }
}

export function tokenOf(dock: string): string {
  return `token-of-${dock}`;
}
