import { randomBytes } from 'node:crypto';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { errnoOf } from '../../errors.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import { chunkBytes } from '../../pull/page-aligned-ring.ts';
import { readBackFile } from '../../pull/read-back.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import { type DepositLine, YieldLine } from '../archive-target.ts';
import type { ProbeCheck, ProbeReport, ProbeResult } from '../probe-report.ts';
import { isImmutable } from './immutable-flag.ts';
import type { ObjectFolder, ObjectToKeep } from './object-folder.ts';

export interface FolderToProbe {
  name: string;
  path: string;
  isImmutable: boolean;
  objects: ObjectFolder;
  pool: HashPool;
}

/** Farther apart than this, the times of a share say nothing. */
const mostClockOffsetMs = 300_000;

/** Puts canaries in a folder of their own, tries on them what must not be possible, and takes them away again. */
export async function probeFolder(folder: FolderToProbe, signal: AbortSignal): Promise<ProbeReport> {
  const probeId = uuidv7();
  const startedAt = new Date().toISOString();
  const place = join(folder.path, 'probe', probeId);
  const own = join(folder.objects.incoming, `probe-${probeId}`);
  await mkdir(own);
  try {
    const probe = new FolderProbe(folder, { probeId, place, own }, signal);
    const results = await probe.run();
    const { name } = folder;
    const endedAt = new Date().toISOString();
    return { probeId, target: name, startedAt, endedAt, results, clockOffsetMs: probe.clockOffsetMs };
  } finally {
    await rm(own, { recursive: true, force: true });
    for (const canary of await readdir(place).catch(() => []))
      await folder.objects.remove(join(place, canary));
    await rm(place, { recursive: true, force: true });
  }
}

interface ProbePlaces {
  probeId: string;
  /** Where the canaries are kept. */
  place: string;
  /** Where they lie before, as footage lies in the store. */
  own: string;
}

class FolderProbe {
  clockOffsetMs: number | null = null;
  readonly #folder: FolderToProbe;
  readonly #places: ProbePlaces;
  readonly #signal: AbortSignal;
  readonly #results: ProbeResult[] = [];

  constructor(folder: FolderToProbe, places: ProbePlaces, signal: AbortSignal) {
    this.#folder = folder;
    this.#places = places;
    this.#signal = signal;
  }

  async run(): Promise<ProbeResult[]> {
    const whole = await this.#canary('whole', 65_536);
    const inPieces = await this.#canary('in-pieces', chunkBytes + 65_536);
    await this.#check('put', async () => {
      for (const canary of [whole, inPieces]) await this.#keep(canary);
      return 'kept in one piece and in two';
    });
    await this.#check('read-back', () => this.#readBack([whole, inPieces]));
    await this.#check('wrong-hash', () => this.#wrongHash());
    await this.#check('resume', () => this.#resume());
    await this.#check('clock', () => this.#clock());
    if (this.#folder.isImmutable) await this.#tryToChange(whole);
    else this.#claimsNothing();
    return this.#results;
  }

  async #canary(name: string, sizeBytes: number): Promise<ObjectToKeep> {
    const { own, place, probeId } = this.#places;
    const bytes = randomBytes(sizeBytes);
    const file = join(own, name);
    await writeFile(file, bytes);
    const content = { file, sha256: sha256Hex(bytes), sizeBytes, encryption: 'none' as const };
    return { clipId: probeId, path: join(place, name), content };
  }

  #keep(object: ObjectToKeep, line: DepositLine = new CanaryLine(null)) {
    return this.#folder.objects.keep(object, line, this.#signal);
  }

  async #readBack(canaries: readonly ObjectToKeep[]): Promise<string> {
    const ways = new Set<string>();
    for (const { path, content } of canaries) {
      const found = await readBackFile(path, 'sha256', this.#folder.pool, this.#signal);
      if (found.sha256 !== content.sha256) throw new Error(`${path} reads SHA-256 ${found.sha256}`);
      ways.add(found.readBack === 'media' ? 'past the page cache' : 'from the cache only');
    }
    return `the same, read ${[...ways].join(' and ')}`;
  }

  async #wrongHash(): Promise<string> {
    const { content, ...canary } = await this.#canary('wrong-hash', 4096);
    const wrong = { ...canary, content: { ...content, sha256: sha256Hex('other bytes') } };
    await mustBe('clip-damaged', this.#keep(wrong));
    await mustNotExist(wrong.path);
    return 'refused, and nothing is kept';
  }

  async #resume(): Promise<string> {
    const canary = await this.#canary('resumed', 2 * chunkBytes);
    const cutOff = new CanaryLine(1);
    await this.#keep(canary, cutOff).then(
      () => {
        throw new Error('it was not cut off');
      },
      (error: unknown) => {
        if (!(error instanceof YieldLine)) throw error;
      },
    );
    const second = new CanaryLine(null, cutOff.session);
    await this.#keep(canary, second);
    if (second.takenBytes !== chunkBytes) throw new Error(`${second.takenBytes} bytes were sent again`);
    return 'went on after the piece that was there';
  }

  async #clock(): Promise<string> {
    const file = join(this.#places.own, 'clock');
    const beforeMs = Date.now();
    await writeFile(file, '');
    const afterMs = Date.now();
    const { mtimeMs } = await stat(file);
    this.clockOffsetMs = Math.round(mtimeMs - (beforeMs + afterMs) / 2);
    if (Math.abs(this.clockOffsetMs) > mostClockOffsetMs) {
      throw new Error(`its clock is ${this.clockOffsetMs} ms ahead of ours`);
    }
    return `a file made now is ${this.clockOffsetMs} ms ahead of our clock`;
  }

  /** As our own user, and without taking the flag off first, which whoever may set it can do. */
  async #tryToChange({ path, content }: ObjectToKeep): Promise<void> {
    const other = join(this.#places.own, 'other');
    await writeFile(other, 'other bytes');
    await this.#check('retention', async () => {
      if (!(await isImmutable(path))) throw new Error('the canary has no immutable flag');
      return 'the file system says that the canary is immutable; whoever may set the flag can take it off';
    });
    await this.#check('worm-delete', () => mustBeRefused('removing', () => unlink(path)));
    await this.#check('worm-bypass', async () =>
      [
        await mustBeRefused('renaming it away', () => rename(path, join(dirname(path), 'away'))),
        await mustBeRefused('renaming another over it', () => rename(other, path)),
      ].join('; '),
    );
    await this.#check('worm-shorten', () => mustBeRefused('cutting it short', () => truncate(path, 1)));
    await this.#check('worm-overwrite', () =>
      mustBeRefused('writing into it', async () => (await open(path, 'r+')).close()),
    );
    await this.#check('worm-intact', async () => {
      if (sha256Hex(await readFile(path)) !== content.sha256) throw new Error('the canary was changed');
      return 'the canary is as it was';
    });
  }

  #claimsNothing(): void {
    const detail = 'the folder is not said to be immutable';
    const checks: ProbeCheck[] = [
      'retention',
      'worm-delete',
      'worm-bypass',
      'worm-shorten',
      'worm-overwrite',
      'worm-intact',
    ];
    for (const check of checks) this.#results.push({ check, outcome: 'not-applicable', detail });
  }

  /** A check that could not be made has failed. */
  async #check(check: ProbeCheck, make: () => Promise<string>): Promise<void> {
    this.#signal.throwIfAborted();
    try {
      this.#results.push({ check, outcome: 'passed', detail: await make() });
    } catch (error) {
      this.#signal.throwIfAborted();
      const detail = error instanceof Error ? error.message : String(error);
      this.#results.push({ check, outcome: 'failed', detail });
    }
  }
}

/** The line of a canary: free, and cut off after some pieces where that is tried. */
class CanaryLine implements DepositLine {
  session: string | null;
  takenBytes = 0;
  readonly #mostPieces: number | null;
  #pieces = 0;

  constructor(mostPieces: number | null, session: string | null = null) {
    this.#mostPieces = mostPieces;
    this.session = session;
  }

  async keepSession(session: string | null): Promise<void> {
    this.session = session;
  }

  async take(sizeBytes: number): Promise<void> {
    if (this.#pieces === this.#mostPieces) throw new YieldLine();
    this.#pieces += 1;
    this.takenBytes += sizeBytes;
  }

  progress(): void {}
}

async function mustBe(code: 'clip-damaged', work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (isArchiveRefusal(error, code)) return;
    throw error;
  }
  throw new Error('bytes with a wrong hash were taken');
}

async function mustNotExist(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (found !== null) throw new Error(`${path} was kept`);
}

/** EPERM is what the kernel says of an immutable file; anything else says nothing about it. */
async function mustBeRefused(what: string, attempt: () => Promise<void>): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    if (errnoOf(error) === 'EPERM') return `${what} is refused`;
    throw error;
  }
  throw new Error(`${what} was possible`);
}
