import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { sha256Hex } from '../../store/sealed-record.ts';
import { type ArchiveDocument, contentKey, sealedRecordDocument } from '../archive-layout.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import { type ArchiveDeposit, type DepositLine, YieldLine } from '../archive-target.ts';
import type { ProbeCheck, ProbeReport, ProbeResult } from '../probe-report.ts';
import type { ClaimedDeposits } from './claimed-deposits.ts';
import type { HttpLine } from './http-line.ts';
import type { TusUploads } from './tus-uploads.ts';

export interface ProbedArchive {
  name: string;
  line: HttpLine;
  uploads: TusUploads;
  claims: ClaimedDeposits;
  /** Lays a document there. */
  putDocument(document: ArchiveDocument, signal: AbortSignal): Promise<string>;
  /** Bytes of one piece, as the target sends them. */
  chunkBytes: number;
}

/** How long a canary is to be kept: long enough to try everything, short enough to leave nothing behind. */
const canaryKeptMs = 10 * 60_000;
const tus = { 'tus-resumable': '1.0.0' };

/** Tries on a canary what must be possible and what must not. Throws only where the signal aborts. */
export async function probeHttpArchive(archive: ProbedArchive, signal: AbortSignal): Promise<ProbeReport> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-probe-'));
  const startedAt = new Date().toISOString();
  try {
    const probe = new HttpProbe(archive, folder, signal);
    await probe.run();
    const { results, clockOffsetMs } = probe;
    const endedAt = new Date().toISOString();
    return { probeId: uuidv7(), target: archive.name, startedAt, endedAt, results, clockOffsetMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class HttpProbe {
  readonly results: ProbeResult[] = [];
  clockOffsetMs: number | null = null;
  readonly #archive: ProbedArchive;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  /** Random, so that nothing else is ever kept under its hash. */
  readonly #content: Buffer;
  /** The record of every canary of this dock: one, whatever the number of probes. */
  #record = canaryRecord('');
  #canary: ArchiveDeposit | null = null;

  constructor(archive: ProbedArchive, folder: string, signal: AbortSignal) {
    this.#archive = archive;
    this.#folder = folder;
    this.#signal = signal;
    // Two pieces and a little, so that it goes in parts.
    this.#content = randomBytes(Math.min(archive.chunkBytes, 4 * 1024 * 1024) * 2 + 1);
  }

  async run(): Promise<void> {
    await this.#check('clock', () => this.#clock());
    await this.#check('wrong-hash', () => this.#wrongHash());
    await this.#check('resume', () => this.#resume());
    await this.#check('put', () => this.#put());
    await this.#check('read-back', () => this.#readBack());
    await this.#check('retention', () => this.#retention());
    await this.#check('worm-delete', () => this.#refused('DELETE', `v1/deposits/${this.#clipId}`));
    await this.#check('worm-bypass', () => this.#bypass());
    await this.#check('worm-shorten', () => this.#shorten());
    await this.#check('worm-overwrite', () => this.#overwrite());
    await this.#check('worm-intact', () => this.#readBack());
  }

  /** What a check sees is its detail; what it throws is why it failed. */
  async #check(check: ProbeCheck, look: () => Promise<string>): Promise<void> {
    try {
      this.results.push({ check, outcome: 'passed', detail: await look() });
    } catch (error) {
      this.#signal.throwIfAborted();
      const detail = error instanceof Error ? error.message : String(error);
      this.results.push({ check, outcome: 'failed', detail });
    }
  }

  async #clock(): Promise<string> {
    const before = Date.now();
    const question = { method: 'GET', path: 'v1/archive' } as const;
    const { status, headers, body } = await this.#archive.line.ask(question, this.#signal);
    const told = Date.parse(headers.date ?? '');
    if (status !== 200 || Number.isNaN(told)) throw new Error(`it tells no time (${status})`);
    this.#record = canaryRecord(body.toString('utf8'));
    // `Date` counts whole seconds.
    this.clockOffsetMs = Math.round(told + 500 - (before + Date.now()) / 2);
    return `${this.clockOffsetMs} ms ahead of ours, within a second`;
  }

  /** Bytes that are not what their digest says. */
  async #wrongHash(): Promise<string> {
    await this.#archive.putDocument(this.#record, this.#signal);
    const wrong = await this.#deposit('wrong', this.#content.subarray(1), {
      sha256: sha256Hex(randomBytes(32)),
    });
    const path = await this.#archive.uploads.create(wrong, this.#signal);
    const headers = { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    const body = this.#content.subarray(1);
    const { status } = await this.#archive.line.ask({ method: 'PATCH', path, headers, body }, this.#signal);
    if (status === 204 || status === 200) {
      const held = await this.#refusedClaim(wrong);
      if (held !== null) throw new Error(`it took ${body.length} bytes under a hash that is not theirs`);
    }
    await this.#archive.line.ask({ method: 'DELETE', path, headers: tus }, this.#signal);
    return 'bytes that are not what their digest says were refused';
  }

  async #refusedClaim(deposit: ArchiveDeposit): Promise<unknown> {
    try {
      return await this.#archive.claims.claim(deposit, this.#signal, 'probe');
    } catch (error) {
      if (isArchiveRefusal(error, 'bytes-damaged')) return null;
      throw error;
    }
  }

  /** The canary goes out in two goes, the second of which begins where the service says. */
  async #resume(): Promise<string> {
    const until = new Date(Date.now() + (this.clockOffsetMs ?? 0) + canaryKeptMs).toISOString();
    this.#canary = await this.#deposit('canary', this.#content, {
      retention: { class: 'ordinary', until, isOnHold: false },
    });
    const line = new ProbeLine(1);
    await this.#archive.uploads.send(this.#canary, line, this.#signal).catch((error: unknown) => {
      if (!(error instanceof YieldLine)) throw error;
    });
    const again = new ProbeLine(Number.POSITIVE_INFINITY, line.session);
    await this.#archive.uploads.send(this.#canary, again, this.#signal);
    const sentBytes = line.takenBytes + again.takenBytes;
    if (sentBytes > this.#content.length) throw new Error(`${sentBytes} bytes for ${this.#content.length}`);
    return `${line.takenBytes} bytes stood, ${again.takenBytes} followed`;
  }

  async #put(): Promise<string> {
    const deposited = await this.#archive.claims.claim(this.#need(), this.#signal, 'probe');
    if (deposited === null) throw new Error('what was sent is not there');
    return `${deposited.holding.object.root}/${deposited.holding.object.key}`;
  }

  async #readBack(): Promise<string> {
    const { content } = this.#need();
    const { sha256, sizeBytes } = await this.#archive.claims.readBack(
      contentKey(content.sha256),
      this.#signal,
    );
    if (sha256 !== content.sha256 || sizeBytes !== content.sizeBytes) {
      throw new Error(`it gives ${sizeBytes} bytes with SHA-256 ${sha256}`);
    }
    return `${sizeBytes} bytes, the same`;
  }

  async #retention(): Promise<string> {
    const held = await this.#archive.claims.claim(this.#need(), this.#signal, 'probe');
    const retain = held?.holding.retain;
    if (retain?.mode !== 'COMPLIANCE') throw new Error(`it says ${retain?.mode ?? 'nothing'}`);
    return `${retain.mode} until ${retain.until}`;
  }

  async #refused(method: 'DELETE' | 'PUT', path: string, body?: Buffer): Promise<string> {
    const question = { method, path, ...(body === undefined ? {} : { body }) };
    const { status } = await this.#archive.line.ask(question, this.#signal);
    if (![403, 404, 405, 409].includes(status)) throw new Error(`${method} was answered by ${status}`);
    return `${method} refused (${status})`;
  }

  /** Past the deposit: at the object itself, and by the words object stores know for it. */
  async #bypass(): Promise<string> {
    const path = `v1/objects/${contentKey(this.#need().content.sha256)}`;
    await this.#refused('DELETE', path);
    const headers = { 'x-amz-bypass-governance-retention': 'true' };
    const question = { method: 'DELETE', path: `v1/deposits/${this.#clipId}?bypass=true`, headers } as const;
    const { status } = await this.#archive.line.ask(question, this.#signal);
    if (status < 400) throw new Error(`DELETE with a bypass was answered by ${status}`);
    return `refused (${status})`;
  }

  async #shorten(): Promise<string> {
    const canary = this.#need();
    const shorter = { ...canary, retention: { ...canary.retention, until: new Date(0).toISOString() } };
    const held = await this.#archive.claims.claim(shorter, this.#signal, 'probe');
    const until = held?.holding.retain.until ?? null;
    if (until === null || Date.parse(until) < Date.parse(canary.retention.until ?? '')) {
      throw new Error(`it keeps the canary until ${until ?? 'no day'} now`);
    }
    return `still until ${until}`;
  }

  /** At the object itself, and with other bytes under its hash; whether they took hold is asked afterwards. */
  async #overwrite(): Promise<string> {
    const { content } = this.#need();
    const said = await this.#refused('PUT', `v1/objects/${contentKey(content.sha256)}`, randomBytes(16));
    const bytes = randomBytes(content.sizeBytes);
    const other = await this.#deposit('other', bytes, { sha256: content.sha256 });
    const path = await this.#archive.uploads.create(other, this.#signal);
    const headers = { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    await this.#archive.line.ask({ method: 'PATCH', path, headers, body: bytes }, this.#signal);
    await this.#refusedClaim(other);
    await this.#archive.line.ask({ method: 'DELETE', path, headers: tus }, this.#signal);
    return said;
  }

  get #clipId(): string {
    return this.#need().clipId;
  }

  #need(): ArchiveDeposit {
    if (this.#canary === null) throw new Error('there is no canary to try it on');
    return this.#canary;
  }

  async #bytes(name: string, bytes: Buffer): Promise<Pick<ArchiveDeposit, 'original' | 'content'>> {
    const file = join(this.#folder, name);
    await writeFile(file, bytes);
    const digest = { sha256: sha256Hex(bytes), sizeBytes: bytes.length };
    return { original: digest, content: { ...digest, file, encryption: 'none' } };
  }

  async #deposit(
    name: string,
    bytes: Buffer,
    change: { sha256?: string; retention?: ArchiveDeposit['retention'] },
  ): Promise<ArchiveDeposit> {
    const { original, content } = await this.#bytes(name, bytes);
    const sha256 = change.sha256 ?? original.sha256;
    return {
      clipId: uuidv7(),
      original: { ...original, sha256 },
      content: { ...content, sha256 },
      recordSha256: sha256Hex(this.#record.body),
      retention: change.retention ?? { class: 'ordinary', until: null, isOnHold: false },
    };
  }
}

/** `dock`: what the service says of itself and of whose the token is. */
function canaryRecord(dock: string): ArchiveDocument {
  const hash = sha256Hex(dock);
  const id = `00000000-0000-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
  return sealedRecordDocument(id, JSON.stringify({ v: 1, probe: id }));
}

/** A line that gives way after some pieces. */
class ProbeLine implements DepositLine {
  session: string | null;
  takenBytes = 0;
  readonly #pieces: number;
  #taken = 0;

  constructor(pieces: number, session: string | null = null) {
    this.#pieces = pieces;
    this.session = session;
  }

  async keepSession(session: string | null): Promise<void> {
    this.session = session;
  }

  async take(sizeBytes: number): Promise<void> {
    if (this.#taken === this.#pieces) throw new YieldLine();
    this.#taken += 1;
    this.takenBytes += sizeBytes;
  }

  progress(): void {}
}
