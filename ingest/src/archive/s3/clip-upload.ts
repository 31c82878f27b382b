import { createHash } from 'node:crypto';
import type { HashPool } from '../../pull/hash-pool.ts';
import { announceStep } from '../../step-channel.ts';
import { ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit, DepositLine } from '../archive-target.ts';
import { type ClipPart, ClipParts } from './clip-parts.ts';
import {
  abortUpload,
  beginUpload,
  completeUpload,
  type HeldPart,
  listParts,
  listUploads,
} from './multipart-calls.ts';
import type { S3Client } from './s3-client.ts';
import { inTurn, isWorthAnotherTry, PartSender } from './send-parts.ts';
import { headVersion, type StoredVersion } from './stored-version.ts';
import { type ObjectPlace, readSession, type UploadSession, writeSession } from './upload-session.ts';

/** What S3 takes in one upload, and the least a part may have. */
const mostParts = 10_000;
const leastPartBytes = 5 * 1024 * 1024;
const mebibyte = 1024 * 1024;

export interface UploadOptions {
  client: S3Client;
  pool: HashPool;
  partBytes: number;
  parallelParts: number;
  /** Hears which uploads of this dock there are, so that what nobody owns any more can be given up. */
  onUpload(upload: UploadSession & { uploadId: string }): void;
}

interface Upload extends UploadSession {
  uploadId: string;
}

export interface UploadedClip {
  /** What the server says it has. */
  version: StoredVersion;
  /** The tag it has if every part of it arrived as sent; `null` where nothing was sent. */
  expectedTag: string | null;
}

/** Brings the media of one clip to one place, in one piece or in parts. */
export class ClipUpload {
  readonly #options: UploadOptions;
  readonly #deposit: ArchiveDeposit;
  readonly #place: ObjectPlace;
  readonly #line: DepositLine;
  readonly #signal: AbortSignal;

  constructor(
    options: UploadOptions,
    act: { deposit: ArchiveDeposit; place: ObjectPlace; line: DepositLine; signal: AbortSignal },
  ) {
    this.#options = options;
    this.#deposit = act.deposit;
    this.#place = act.place;
    this.#line = act.line;
    this.#signal = act.signal;
  }

  /** What lies at the place is left as it is, whatever it is: the caller looks at it. */
  async run(): Promise<UploadedClip> {
    const session = readSession(this.#line.session);
    const held = await this.#head();
    if (held !== null) {
      // The answer to Complete was lost, or another clip has the same content.
      await this.#giveUp(session);
      this.#line.progress(this.#deposit.content.sizeBytes);
      return { version: held, expectedTag: null };
    }
    const partBytes = this.#partBytes();
    if (this.#deposit.content.sizeBytes > partBytes) return this.#sendInParts(session, partBytes);
    await this.#giveUp(session);
    return this.#sendWhole(partBytes);
  }

  #partBytes(): number {
    const { sizeBytes } = this.#deposit.content;
    const needed = Math.ceil(sizeBytes / mostParts / mebibyte) * mebibyte;
    return Math.max(this.#options.partBytes, needed, leastPartBytes);
  }

  #head(): Promise<StoredVersion | null> {
    return headVersion(this.#options.client, this.#place, null, this.#signal);
  }

  async #sendWhole(partBytes: number): Promise<UploadedClip> {
    let expectedTag: string | null = null;
    const parts = await ClipParts.open(this.#deposit, { ...this.#options, partBytes, slots: 1 });
    try {
      const part = await parts.next();
      await parts.assertWhole(this.#deposit.clipId);
      if (part !== null) await this.#put(part);
      expectedTag = part?.md5 ?? null;
    } finally {
      await parts.close();
    }
    announceStep('archive.completed', this.#deposit.clipId);
    this.#line.progress(this.#deposit.content.sizeBytes);
    return { version: await this.#found(null), expectedTag };
  }

  async #put(part: ClipPart): Promise<void> {
    const { client } = this.#options;
    const headers = { 'content-type': 'application/octet-stream' };
    for (let tries = 1; ; tries += 1) {
      try {
        await inTurn(this.#line, part.bytes.length, async (pace) => {
          await client.call({ method: 'PUT', ...this.#place, headers, body: part, pace }, this.#signal);
        });
        return;
      } catch (error) {
        if (!isWorthAnotherTry(error, tries)) throw error;
      }
    }
  }

  async #sendInParts(session: UploadSession | null, wantedPartBytes: number): Promise<UploadedClip> {
    const { client, parallelParts } = this.#options;
    const { upload, held } = await this.#takeUp(session, wantedPartBytes);
    this.#options.onUpload(upload);
    const parts = await ClipParts.open(this.#deposit, {
      ...this.#options,
      partBytes: upload.partBytes,
      slots: parallelParts,
    }).catch((error) => this.#withdraw(upload, error));
    try {
      const sender = new PartSender(client, upload, { held, line: this.#line, signal: this.#signal });
      const tags = await sender.send(parts, this.#signal);
      announceStep('archive.sent', this.#deposit.clipId);
      await parts.assertWhole(this.#deposit.clipId);
      return { version: await this.#complete(upload, tags), expectedTag: tagOfParts(tags) };
    } catch (error) {
      return await this.#withdraw(upload, error);
    } finally {
      await parts.close();
    }
  }

  /** The upload under way, if the server still knows it, or a new one. Its token is durable before its first byte. */
  async #takeUp(
    session: UploadSession | null,
    partBytes: number,
  ): Promise<{ upload: Upload; held: ReadonlyMap<number, HeldPart> }> {
    const { client } = this.#options;
    const { clipId } = this.#deposit;
    if (session !== null && !isAt(session, this.#place)) await this.#giveUp(session);
    else if (session !== null) {
      const upload = await this.#begun(session);
      const held = upload && (await listParts(client, this.#place, upload.uploadId, this.#signal));
      if (upload !== null && held !== null) {
        if (session.uploadId === null) await this.#line.keepSession(writeSession(upload));
        return { upload, held };
      }
    }
    const intended: UploadSession = { ...this.#place, uploadId: null, partBytes };
    await this.#line.keepSession(writeSession(intended));
    announceStep('archive.intended', clipId);
    const uploadId = await beginUpload(client, this.#place, this.#signal);
    const upload = { ...intended, uploadId };
    this.#options.onUpload(upload);
    announceStep('archive.begun', clipId);
    await this.#line.keepSession(writeSession(upload));
    announceStep('archive.session-kept', clipId);
    return { upload, held: new Map() };
  }

  /** The upload of a session. Where the dock stopped while it was begun, the server knows whether it was. */
  async #begun(session: UploadSession): Promise<Upload | null> {
    if (session.uploadId !== null) return { ...session, uploadId: session.uploadId };
    const { bucket, key } = this.#place;
    const uploads = await listUploads(this.#options.client, { bucket, prefix: key }, this.#signal);
    const latest = uploads
      .filter((upload) => upload.key === key)
      .sort((a, b) => b.initiatedAt.getTime() - a.initiatedAt.getTime())[0];
    return latest === undefined ? null : { ...session, uploadId: latest.uploadId };
  }

  /** Puts the parts together. Whatever the answer is, what counts is what lies there then. */
  async #complete(upload: Upload, tags: ReadonlyMap<number, string>): Promise<StoredVersion> {
    const { client } = this.#options;
    try {
      await completeUpload(client, upload, tags, this.#signal);
    } catch (error) {
      const mayHaveHappened = ['session-lost', 'unreachable', 'failed', 'exists', 'busy'];
      if (!isArchiveRefusal(error) || !mayHaveHappened.includes(error.code)) throw error;
      return await this.#found(error);
    }
    announceStep('archive.completed', this.#deposit.clipId);
    return await this.#found(null);
  }

  async #found(refusal: ArchiveRefusal | null): Promise<StoredVersion> {
    const stored = await this.#head();
    if (stored !== null) return stored;
    throw refusal ?? new ArchiveRefusal('failed', `${this.#place.key} was taken, and is not there`);
  }

  /** After a failure: an upload of bytes that are not the clip's is given up, and one the server forgot is forgotten. */
  async #withdraw(upload: Upload, error: unknown): Promise<never> {
    if (isArchiveRefusal(error, 'clip-damaged')) await this.#giveUp(upload);
    if (isArchiveRefusal(error, 'session-lost')) await this.#line.keepSession(null);
    throw error;
  }

  async #giveUp(session: UploadSession | null): Promise<void> {
    if (session === null) return;
    const upload = await this.#begun(session);
    if (upload !== null) await abortUpload(this.#options.client, upload, this.#signal);
    await this.#line.keepSession(null);
  }
}

/** How S3 tags an upload: the MD5 of the MD5s of its parts, and their number. */
function tagOfParts(tags: ReadonlyMap<number, string>): string {
  const inOrder = [...tags].sort(([a], [b]) => a - b).map(([, tag]) => tag);
  return `${createHash('md5')
    .update(Buffer.from(inOrder.join(''), 'hex'))
    .digest('hex')}-${tags.size}`;
}

function isAt(one: ObjectPlace, other: ObjectPlace): boolean {
  return one.bucket === other.bucket && one.key === other.key;
}
