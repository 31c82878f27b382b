import { readFile } from 'node:fs/promises';
import { errnoOf } from '../errors.ts';
import { replaceFile } from '../store/durable-files.ts';

/**
 * Passwords by which recorders are pulled. They must be had in clear, and lie beside the index in a file of their own that
 * only the gateway reads: a copy of the index holds none. An entry is added under a name of its own before the index names
 * it, and dropped once it no longer does, so that a crash leaves the one that counts.
 */
export class PullSecrets {
  readonly #file: string;
  readonly #temporaryFolder: string;
  readonly #secrets: Map<string, string>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, temporaryFolder: string, secrets: Map<string, string>) {
    this.#file = file;
    this.#temporaryFolder = temporaryFolder;
    this.#secrets = secrets;
  }

  /** A file that is missing or no longer whole holds nothing. */
  static async open(file: string, temporaryFolder: string): Promise<PullSecrets> {
    return new PullSecrets(file, temporaryFolder, await readSecrets(file));
  }

  get(name: string): string | null {
    return this.#secrets.get(name) ?? null;
  }

  put(name: string, secret: string): Promise<void> {
    this.#secrets.set(name, secret);
    return this.#write();
  }

  /** Drops every entry but these. */
  async keepOnly(names: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#secrets.keys()].filter((name) => !names.has(name));
    for (const name of gone) this.#secrets.delete(name);
    if (gone.length > 0) await this.#write();
  }

  #write(): Promise<void> {
    const written = this.#writing.then(() =>
      replaceFile(
        this.#file,
        JSON.stringify(Object.fromEntries(this.#secrets)),
        this.#temporaryFolder,
        0o600,
      ),
    );
    this.#writing = written.catch(() => {});
    return written;
  }
}

async function readSecrets(file: string): Promise<Map<string, string>> {
  try {
    const told: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof told !== 'object' || told === null) return new Map();
    return new Map(
      Object.entries(told).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return new Map();
    throw error;
  }
}
