import { ClipLocks } from '../../pull/clip-locks.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import { DeletionWarrant } from '../../retention/deletion-warrant.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import type { ArchiveDocument } from '../archive-layout.ts';
import { ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import type {
  ArchiveDeposit,
  ArchiveTarget,
  Deposited,
  DepositLine,
  RemovalOutcome,
} from '../archive-target.ts';
import { removalOutcomes } from '../archive-target.ts';
import type { ProbeReport } from '../probe-report.ts';
import type { HttpTargetSettings } from '../target-settings.ts';
import { ClaimedDeposits } from './claimed-deposits.ts';
import { HttpLine } from './http-line.ts';
import { probeHttpArchive } from './http-probe.ts';
import { problemOf, refusalOf } from './http-refusals.ts';
import { TusUploads } from './tus-uploads.ts';

export interface HttpArchiveOptions {
  settings: HttpTargetSettings;
  pool: HashPool;
}

/**
 * An archive behind a receiving service: tus 1.0 for the bytes, a claim that names their hash, and the service's signed
 * receipt. `docs/archive-receiver.md` is the protocol; `docket archive serve` is a receiver that speaks it.
 */
export class HttpArchive implements ArchiveTarget {
  readonly kind = 'http';
  readonly name: string;
  readonly #line: HttpLine;
  readonly #uploads: TusUploads;
  readonly #claims: ClaimedDeposits;
  readonly #chunkBytes: number;
  /** One deposit or removal of a content at a time: a receipt must not name what is just being removed. */
  readonly #contents = new ClipLocks();

  constructor({ settings, pool }: HttpArchiveOptions) {
    this.name = settings.name;
    this.#chunkBytes = settings.chunkBytes;
    this.#line = new HttpLine(settings);
    this.#uploads = new TusUploads(this.#line, settings, pool);
    this.#claims = new ClaimedDeposits(this.#line, settings, pool);
  }

  async reach(signal: AbortSignal): Promise<void> {
    const answer = await this.#line.ask({ method: 'GET', path: 'v1/archive' }, signal);
    if (answer.status !== 200) throw refusalOf(this.name, 'asked whether it is there', answer);
  }

  async putDocument(document: ArchiveDocument, signal: AbortSignal): Promise<string> {
    const { key, body, mediaType } = document;
    const path = `v1/documents/${key}`;
    const put = { method: 'PUT', path, headers: { 'content-type': mediaType }, body } as const;
    const answer = await this.#line.ask(put, signal);
    if (answer.status !== 200 && answer.status !== 201) throw refusalOf(this.name, `document ${key}`, answer);
    const kept = await this.readDocument(key, signal);
    const sha256 = sha256Hex(body);
    if (kept !== null && sha256Hex(kept) === sha256) return sha256;
    throw new ArchiveRefusal(
      'holds-other-bytes',
      `archive ${this.name} gives another document than it was given as ${key}`,
    );
  }

  async readDocument(key: string, signal: AbortSignal): Promise<string | null> {
    const answer = await this.#line.ask({ method: 'GET', path: `v1/documents/${key}` }, signal);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw refusalOf(this.name, `document ${key}`, answer);
    return answer.body.toString('utf8');
  }

  deposit(deposit: ArchiveDeposit, line: DepositLine, signal: AbortSignal): Promise<Deposited> {
    return this.#contents.hold(deposit.original.sha256, async () => {
      // Asked first even in the middle of an upload: a receipt may have been signed whose answer was lost.
      const deposited =
        (await this.#claim(deposit, line, signal)) ?? (await this.#send(deposit, line, signal));
      line.progress(deposit.content.sizeBytes);
      await line.keepSession(null);
      return deposited;
    });
  }

  async #send(deposit: ArchiveDeposit, line: DepositLine, signal: AbortSignal): Promise<Deposited> {
    await this.#uploads.send(deposit, line, signal);
    const deposited = await this.#claim(deposit, line, signal);
    if (deposited !== null) return deposited;
    await line.keepSession(null);
    throw new ArchiveRefusal('session-lost', `archive ${this.name} does not know what it was sent`);
  }

  /** An upload that turned out to be something else is given up by the service, and forgotten here. */
  async #claim(deposit: ArchiveDeposit, line: DepositLine, signal: AbortSignal): Promise<Deposited | null> {
    try {
      return await this.#claims.claim(deposit, signal);
    } catch (error) {
      if (isArchiveRefusal(error, 'bytes-damaged')) await line.keepSession(null);
      throw error;
    }
  }

  probe(signal: AbortSignal): Promise<ProbeReport> {
    return probeHttpArchive(
      {
        name: this.name,
        line: this.#line,
        uploads: this.#uploads,
        claims: this.#claims,
        chunkBytes: this.#chunkBytes,
        putDocument: (document) => this.putDocument(document, signal),
      },
      signal,
    );
  }

  async remove(warrant: DeletionWarrant, isNeeded: () => Promise<boolean>): Promise<RemovalOutcome> {
    DeletionWarrant.assertGenuine(warrant);
    const { clipId, sha256 } = warrant;
    return this.#contents.hold(sha256, async () => {
      if (await isNeeded()) return 'needed-by-another-clip';
      const question = { method: 'DELETE', path: `v1/deposits/${clipId}` } as const;
      const answer = await this.#line.ask(question, new AbortController().signal);
      if (answer.status === 404) return 'removed';
      if (answer.status === 403 && problemOf(answer)?.code === 'retained') return 'not-allowed';
      if (answer.status !== 200) throw refusalOf(this.name, `deleting clip ${clipId}`, answer);
      return outcomeIn(answer.body, this.name);
    });
  }

  async sweep(sessions: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    await this.#uploads.sweep(sessions, signal);
  }

  async close(): Promise<void> {
    this.#line.close();
  }
}

function outcomeIn(body: Buffer, archive: string): RemovalOutcome {
  const said = body.toString('utf8');
  const outcome = removalOutcomes.find((one) => said.includes(`"${one}"`));
  if (outcome !== undefined) return outcome;
  throw new ArchiveRefusal('malformed', `archive ${archive} does not say what became of the copy`);
}
