import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Check, type Static, Type } from '@docket/device-protocol/schema';
import { canonicalJson } from '../../custody/canonical-json.ts';
import { errnoOf } from '../../errors.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import { readBackFile } from '../../pull/read-back.ts';
import { makeFolder, replaceFile, syncFolder } from '../../store/durable-files.ts';
import { encryptForArchive, type PlainOriginal } from './encrypt-for-archive.ts';

/** A clip on its way to one archive. */
export interface SpoolEntry {
  clipId: string;
  target: string;
}

const SpoolFacts = Type.Object(
  {
    v: Type.Literal(1),
    original: Type.Object({ sha256: Type.String(), sizeBytes: Type.Integer() }),
    encrypted: Type.Object({ sha256: Type.String(), sizeBytes: Type.Integer() }),
    recipients: Type.Array(Type.String()),
  },
  { additionalProperties: false },
);
type SpoolFacts = Static<typeof SpoolFacts>;

/**
 * Encryptions under way, in `<store>/forwarding/`: `<clip id>.<target>.age` and beside it `.json`, which tells whose it is.
 * Encrypting again would give other bytes, and a half-sent upload could not go on with them: so what is spooled stays, over any
 * stop, until the archive has signed for it.
 */
export class EncryptionSpool {
  readonly #folder: string;
  readonly #pool: HashPool;

  constructor(folder: string, pool: HashPool) {
    this.#folder = folder;
    this.#pool = pool;
  }

  /** The encryption of a clip for an archive: the one that is spooled, else a new one. Throws as `encryptForArchive` does. */
  async encrypt(
    entry: SpoolEntry,
    original: PlainOriginal,
    recipients: readonly string[],
    signal: AbortSignal,
  ): Promise<PlainOriginal> {
    const file = this.#fileOf(entry);
    const kept = await this.#kept(file, original, recipients, signal);
    if (kept !== null) return { file, ...kept };
    await this.forget(entry);
    await makeFolder(this.#folder);
    const unfinished = `${file}.part`;
    const encrypted = await encryptForArchive(original, recipients, unfinished, signal);
    const { sha256, sizeBytes } = original;
    const facts: SpoolFacts = {
      v: 1,
      original: { sha256, sizeBytes },
      encrypted,
      recipients: [...recipients],
    };
    await replaceFile(`${file}.json`, canonicalJson(facts), this.#folder);
    await rename(unfinished, file);
    await syncFolder(this.#folder);
    return { file, ...encrypted };
  }

  /** Removes the encryption of a clip that was signed for, or is not to be sent any more. Safe to repeat. */
  async forget(entry: SpoolEntry): Promise<void> {
    const file = this.#fileOf(entry);
    for (const name of [file, `${file}.part`, `${file}.json`]) await rm(name, { force: true });
  }

  /** Removes everything but what belongs to these clips, and what a stop cut off. Before anything is encrypted. */
  async sweep(wanted: readonly SpoolEntry[]): Promise<void> {
    const keep = new Set(wanted.map((entry) => spoolName(entry)).flatMap((name) => [name, `${name}.json`]));
    for (const name of await this.#names()) {
      if (!keep.has(name)) await rm(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Hash and length of what is spooled, by reading it; `null` where it is not there, not whole, or for other recipients. */
  async #kept(file: string, original: PlainOriginal, recipients: readonly string[], signal: AbortSignal) {
    const facts = await readFacts(`${file}.json`);
    const isSame =
      facts !== null &&
      facts.original.sha256 === original.sha256 &&
      facts.original.sizeBytes === original.sizeBytes &&
      facts.recipients.join(' ') === recipients.join(' ');
    if (!isSame) return null;
    try {
      const { sha256, sizeBytes } = await readBackFile(file, 'sha256', this.#pool, signal);
      const isWhole = sha256 === facts.encrypted.sha256 && sizeBytes === facts.encrypted.sizeBytes;
      return isWhole ? { sha256, sizeBytes } : null;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  #fileOf(entry: SpoolEntry): string {
    return join(this.#folder, spoolName(entry));
  }
}

function spoolName({ clipId, target }: SpoolEntry): string {
  return `${clipId}.${target}.age`;
}

async function readFacts(path: string): Promise<SpoolFacts | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Check(SpoolFacts, value) ? value : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}
