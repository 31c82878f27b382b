import type { HashPool } from '../../pull/hash-pool.ts';
import { ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit, DepositLine } from '../archive-target.ts';
import type { HttpTargetSettings } from '../target-settings.ts';
import { ClipPieces, type Piece, type PieceDigest, pieceDigests } from './clip-pieces.ts';
import type { HttpLine } from './http-line.ts';
import { refusalOf } from './http-refusals.ts';

const tus = { 'tus-resumable': '1.0.0' };
/** How often what arrived damaged, or at another offset, is sent again before the target is left alone for a while. */
const mostVainTries = 4;

/**
 * The client half of tus 1.0 (core, creation, checksum, termination). `tus-js-client` is not used here: it cannot wait for its
 * turn before each piece, hash a piece before it is sent, give up a silent connection, bound an answer, or notice one that was
 * cut off in its body (it then waits for ever). The session is the path of the upload.
 */
export class TusUploads {
  readonly #line: HttpLine;
  readonly #settings: HttpTargetSettings;
  readonly #pool: HashPool;

  constructor(line: HttpLine, settings: HttpTargetSettings, pool: HashPool) {
    this.#line = line;
    this.#settings = settings;
    this.#pool = pool;
  }

  /**
   * Sends what the service does not have yet. Resolves when it has promised every byte; what it then holds is another question.
   * Throws `clip-damaged` before the last piece goes out where the file is not the clip any more, and gives the upload up.
   */
  async send(deposit: ArchiveDeposit, line: DepositLine, signal: AbortSignal): Promise<void> {
    try {
      const upload = await this.#find(deposit, line, signal);
      line.progress(upload.heldBytes);
      if (upload.heldBytes === deposit.content.sizeBytes) return;
      await this.#sendFrom(upload, deposit, line, signal);
    } catch (error) {
      if (isArchiveRefusal(error, 'clip-damaged') && line.session !== null) {
        await this.#terminate(line.session, signal);
        await line.keepSession(null);
      }
      throw error;
    }
  }

  /** Gives up the uploads of this dock that no session owns. */
  async sweep(sessions: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const answer = await this.#line.ask({ method: 'GET', path: 'v1/uploads' }, signal);
    // A service that lists nothing sweeps by itself.
    if (answer.status === 404 || answer.status === 405 || answer.status === 501) return;
    if (answer.status !== 200) throw refusalOf(this.#settings.name, 'its uploads', answer);
    for (const location of locationsIn(answer.body)) {
      const path = this.#line.pathOf(location);
      if (!sessions.has(path)) await this.#terminate(path, signal);
    }
  }

  /** The upload of the session where the service still knows it, else a new one. */
  async #find(
    deposit: ArchiveDeposit,
    line: DepositLine,
    signal: AbortSignal,
  ): Promise<{ path: string; heldBytes: number }> {
    if (line.session !== null) {
      const heldBytes = await this.#held(line.session, deposit, signal);
      if (heldBytes !== null) return { path: line.session, heldBytes };
      await line.keepSession(null);
    }
    const path = await this.create(deposit, signal);
    await line.keepSession(path);
    const heldBytes = await this.#held(path, deposit, signal);
    if (heldBytes !== null) return { path, heldBytes };
    throw new ArchiveRefusal(
      'failed',
      `archive ${this.#settings.name} does not know the upload it just began`,
    );
  }

  /** Begins an upload; resolves with its path. Asked again for the same clip and content, the receiver of Docket gives the same. */
  async create({ clipId, content }: ArchiveDeposit, signal: AbortSignal): Promise<string> {
    const metadata = { clip: clipId, sha256: content.sha256 };
    const headers = {
      ...tus,
      'upload-length': String(content.sizeBytes),
      'upload-metadata': Object.entries(metadata)
        .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
        .join(','),
      'repr-digest': `sha-256=:${Buffer.from(content.sha256, 'hex').toString('base64')}:`,
    };
    const answer = await this.#line.ask({ method: 'POST', path: 'v1/uploads', headers }, signal);
    const { location } = answer.headers;
    if (answer.status === 201 && location !== undefined) return this.#line.pathOf(location);
    const refusal = refusalOf(this.#settings.name, `upload of clip ${clipId}`, answer);
    // There is no session yet that could be lost: the address is wrong.
    if (refusal.code !== 'session-lost') throw refusal;
    throw new ArchiveRefusal('malformed', refusal.message, { status: answer.status });
  }

  /** How much of the content the service says it has; `null` where it knows no such upload. */
  async #held(path: string, { content }: ArchiveDeposit, signal: AbortSignal): Promise<number | null> {
    const answer = await this.#line.ask({ method: 'HEAD', path, headers: tus }, signal);
    if ([403, 404, 410].includes(answer.status)) return null;
    if (answer.status !== 200 && answer.status !== 204) {
      throw refusalOf(this.#settings.name, 'an upload under way', answer);
    }
    const length = wholeNumber(answer.headers['upload-length']);
    const offset = wholeNumber(answer.headers['upload-offset']);
    // An upload of another length, or with more than there is, is not ours, whatever it is.
    if (length !== content.sizeBytes || offset === null || offset > content.sizeBytes) {
      await this.#terminate(path, signal);
      return null;
    }
    return offset;
  }

  async #sendFrom(
    upload: { path: string; heldBytes: number },
    deposit: ArchiveDeposit,
    line: DepositLine,
    signal: AbortSignal,
  ): Promise<void> {
    const pieces = await ClipPieces.open(deposit, {
      pool: this.#pool,
      pieceBytes: this.#settings.chunkBytes,
      digest: await this.#pieceDigest(signal),
    });
    try {
      await pieces.skipTo(upload.heldBytes, signal);
      for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
        await this.#sendPiece(upload.path, piece, deposit, line, signal);
        line.progress(piece.positionBytes + piece.bytes.length);
      }
    } finally {
      await pieces.close();
    }
  }

  /** One piece, or what is missing of it. What arrived damaged is sent again; so is what the service says it does not have. */
  async #sendPiece(
    path: string,
    piece: Piece,
    deposit: ArchiveDeposit,
    line: DepositLine,
    signal: AbortSignal,
  ): Promise<void> {
    const endBytes = piece.positionBytes + piece.bytes.length;
    let from = piece.positionBytes;
    for (let tries = 1; from < endBytes; tries += 1) {
      await line.take(endBytes - from);
      const refusal = await this.#patch(path, piece, from, signal);
      if (refusal === null) return;
      if (tries >= mostVainTries || !isRepeatable(refusal)) throw refusal;
      const held = await this.#held(path, deposit, signal);
      if (held === null || held < piece.positionBytes || held > endBytes) {
        throw new ArchiveRefusal(
          held === null ? 'session-lost' : 'conflict',
          `archive ${this.#settings.name} says it has ${held ?? 'nothing'} where ${from} bytes were sent`,
        );
      }
      if (held > from) tries = 0;
      from = held;
    }
  }

  async #patch(
    path: string,
    piece: Piece,
    from: number,
    signal: AbortSignal,
  ): Promise<ArchiveRefusal | null> {
    const body = piece.bytes.subarray(from - piece.positionBytes);
    const isWhole = from === piece.positionBytes;
    const checksum =
      piece.digest === null || !isWhole
        ? null
        : checksumHeader(piece.digest, await this.#pieceDigest(signal));
    const headers = {
      ...tus,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(from),
      ...(checksum === null ? {} : { 'upload-checksum': checksum }),
    };
    const answer = await this.#line
      .ask({ method: 'PATCH', path, headers, body }, signal)
      .catch((error: unknown) => {
        if (isArchiveRefusal(error, 'conflict')) return error;
        throw error;
      });
    if (answer instanceof ArchiveRefusal) return answer;
    if (answer.status !== 204 && answer.status !== 200) {
      return refusalOf(this.#settings.name, 'a piece of an upload', answer);
    }
    const offset = wholeNumber(answer.headers['upload-offset']);
    if (offset === from + body.length) return null;
    return new ArchiveRefusal(
      'conflict',
      `archive ${this.#settings.name} took a piece and is at ${offset} after it`,
    );
  }

  #digestKnown: Promise<PieceDigest | null> | null = null;

  /** The best proof of single pieces the service knows, asked once (tus 1.0, Checksum: `Tus-Checksum-Algorithm`). */
  async #pieceDigest(signal: AbortSignal): Promise<PieceDigest | null> {
    this.#digestKnown ??= this.#askPieceDigest(signal);
    try {
      return await this.#digestKnown;
    } catch (error) {
      this.#digestKnown = null;
      throw error;
    }
  }

  async #askPieceDigest(signal: AbortSignal): Promise<PieceDigest | null> {
    const answer = await this.#line.ask({ method: 'OPTIONS', path: 'v1/uploads' }, signal);
    if (answer.status !== 200 && answer.status !== 204) {
      throw refusalOf(this.#settings.name, 'asked what it can do', answer);
    }
    const extensions = wordsOf(answer.headers['tus-extension']);
    const known = extensions.includes('checksum') ? wordsOf(answer.headers['tus-checksum-algorithm']) : [];
    return pieceDigests.find((digest) => known.includes(digest)) ?? null;
  }

  async #terminate(path: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#line.ask({ method: 'DELETE', path, headers: tus }, signal);
    if ([200, 204, 404, 410].includes(answer.status)) return;
    throw refusalOf(this.#settings.name, 'giving up an upload', answer);
  }
}

function isRepeatable(refusal: ArchiveRefusal): boolean {
  return refusal.code === 'bytes-damaged' || refusal.code === 'conflict';
}

function checksumHeader(digest: string, algorithm: PieceDigest | null): string | null {
  return algorithm === null ? null : `${algorithm} ${Buffer.from(digest, 'hex').toString('base64')}`;
}

function wholeNumber(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^(?:0|[1-9]\d{0,15})$/u.test(header) ? Number(header) : null;
}

function wordsOf(header: string | string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((word) => word.trim());
}

const mostUploads = 10_000;

function locationsIn(body: Buffer): string[] {
  const value: unknown = JSON.parse(body.toString('utf8'));
  const uploads = typeof value === 'object' && value !== null && 'uploads' in value ? value.uploads : [];
  if (!Array.isArray(uploads)) return [];
  return uploads
    .slice(0, mostUploads)
    .map((upload: { location?: unknown }) => upload?.location)
    .filter((location) => typeof location === 'string');
}
