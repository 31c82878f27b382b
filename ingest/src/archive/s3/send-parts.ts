import { ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import { type DepositLine, YieldLine } from '../archive-target.ts';
import type { ClipPart, ClipParts } from './clip-parts.ts';
import { type HeldPart, putPart } from './multipart-calls.ts';
import type { S3Client } from './s3-client.ts';
import { isBrokenLine } from './s3-connection.ts';
import type { ObjectPlace } from './upload-session.ts';

/** How often a part is sent before the clip is left for later. */
const triesForDamage = 4;
const triesForBrokenLine = 2;

/** Whether what went wrong with a piece is a matter of this piece alone, and not of the archive. */
export function isWorthAnotherTry(error: unknown, tries: number): boolean {
  if (isArchiveRefusal(error, 'bytes-damaged')) return tries < triesForDamage;
  if (!isArchiveRefusal(error, 'unreachable')) return false;
  return tries < triesForBrokenLine && isBrokenLine(error.cause);
}

/**
 * Waits for its turn before the first byte, and before each further piece. A piece that is told to give way in the middle
 * goes on to the border of its part, and so is not sent twice.
 */
export async function inTurn(
  line: DepositLine,
  sizeBytes: number,
  send: (pace: (sizeBytes: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const firstBytes = Math.min(sizeBytes, 512 * 1024);
  await line.take(firstBytes);
  let takenBytes = firstBytes;
  let outBytes = 0;
  let yielded: YieldLine | null = null;
  await send(async (pieceBytes) => {
    outBytes += pieceBytes;
    if (outBytes <= takenBytes || yielded !== null) return;
    try {
      await line.take(outBytes - takenBytes);
      takenBytes = outBytes;
    } catch (error) {
      if (!(error instanceof YieldLine)) throw error;
      yielded = error;
    }
  });
  if (yielded !== null) throw yielded;
}

/**
 * Sends the parts of an upload the server does not have yet, some at once. Resolves with the tags of all parts. After a
 * failure the parts under way are stopped; when the line is yielded they end first.
 */
export class PartSender {
  readonly #client: S3Client;
  readonly #upload: ObjectPlace & { uploadId: string };
  readonly #held: ReadonlyMap<number, HeldPart>;
  readonly #line: DepositLine;
  readonly #stop: AbortController;
  readonly #signal: AbortSignal;
  readonly #tags = new Map<number, string>();
  #failure: { error: unknown } | null = null;
  #heldBytes = 0;

  constructor(
    client: S3Client,
    upload: ObjectPlace & { uploadId: string },
    { held, line, signal }: { held: ReadonlyMap<number, HeldPart>; line: DepositLine; signal: AbortSignal },
  ) {
    this.#client = client;
    this.#upload = upload;
    this.#held = held;
    this.#line = line;
    this.#stop = new AbortController();
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  async send(parts: ClipParts, signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
    const underWay = new Set<Promise<void>>();
    try {
      for (let part = await parts.next(); part !== null; part = await parts.next()) {
        signal.throwIfAborted();
        if (this.#failure !== null) break;
        const sent = part;
        const sending = this.#sendOne(sent).finally(() => {
          underWay.delete(sending);
          parts.release(sent);
        });
        underWay.add(sending);
      }
    } catch (error) {
      this.#fail(error);
    }
    await Promise.all(underWay);
    if (this.#failure !== null) throw (this.#failure as { error: unknown }).error;
    return this.#tags;
  }

  async #sendOne(part: ClipPart): Promise<void> {
    try {
      const held = this.#held.get(part.number);
      const isThere = held?.etag === part.md5 && held.sizeBytes === part.bytes.length;
      this.#tags.set(part.number, isThere ? part.md5 : await this.#put(part));
      this.#heldBytes += part.bytes.length;
      this.#line.progress(this.#heldBytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #put(part: ClipPart): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      try {
        let tag = '';
        await inTurn(this.#line, part.bytes.length, async (pace) => {
          tag = await putPart(
            this.#client,
            this.#upload,
            { number: part.number, body: part, pace },
            this.#signal,
          );
        }).catch((error: unknown) => {
          // The part is out; what follows is not sent.
          if (!(error instanceof YieldLine) || tag === '') throw error;
          this.#fail(error);
        });
        return tag;
      } catch (error) {
        if (!isWorthAnotherTry(error, tries)) throw error;
      }
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    if (error instanceof YieldLine) return;
    this.#stop.abort(new ArchiveRefusal('failed', 'another part of the clip failed', { cause: error }));
  }
}
