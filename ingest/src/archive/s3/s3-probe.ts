import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { HashPool } from '../../pull/hash-pool.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import type { ProbeCheck, ProbeReport, ProbeResult } from '../probe-report.ts';
import type { S3TargetSettings } from '../target-settings.ts';
import { abortUpload, beginUpload, completeUpload, listParts, putPart } from './multipart-calls.ts';
import { putRetention } from './object-lock.ts';
import { readBackVersion } from './object-read-back.ts';
import { type S3Call, type S3Client, type SignedBody, smallBody } from './s3-client.ts';
import { allOf, textOf, writeXml } from './s3-xml.ts';
import { headVersion, type StoredVersion, versionQuery } from './stored-version.ts';
import type { ObjectPlace } from './upload-session.ts';

export interface S3ProbeOptions {
  client: S3Client;
  settings: S3TargetSettings;
  pool: HashPool;
  dock: string;
}

/** The least S3 takes as a part that is not the last. */
const partBytes = 5 * 1024 * 1024;
/** The shortest lock a canary is asked to have; the rule of the bucket may make it longer. */
const canaryLockMs = 10 * 60_000;
/** Servers refuse signatures that are further off. */
const mostOffsetMs = 15 * 60_000;

interface Canary {
  version: StoredVersion;
  body: SignedBody;
}

/** Why a check failed, for an operator. */
class Failed extends Error {}

/**
 * Puts every bucket of a target to the test with two canaries, one in one piece and one in parts, below `probe/`. Only what is
 * refused counts as kept. Throws where the target cannot be reached at all: that is no finding.
 */
export async function probeS3(options: S3ProbeOptions, signal: AbortSignal): Promise<ProbeReport> {
  const { client, settings } = options;
  const probeId = uuidv7();
  const startedAt = new Date().toISOString();
  const { ordinary, long } = settings.buckets;
  const found: ProbeResult[] = [];
  for (const bucket of new Set([ordinary, long])) {
    found.push(...(await new BucketProbe(options, { bucket, probeId, signal }).run()));
  }
  const clockOffsetMs = await clockOffset(client, ordinary, signal);
  found.push(clockResult(clockOffsetMs));
  return {
    probeId,
    target: settings.name,
    startedAt,
    endedAt: new Date().toISOString(),
    results: worstOfEach(found),
    clockOffsetMs,
  };
}

/** Each check once: what failed in one bucket has failed. */
function worstOfEach(found: readonly ProbeResult[]): ProbeResult[] {
  const worst = new Map<ProbeCheck, ProbeResult>();
  for (const result of found) {
    const known = worst.get(result.check);
    if (known === undefined || (known.outcome !== 'failed' && result.outcome === 'failed')) {
      worst.set(result.check, result);
    }
  }
  return [...worst.values()];
}

/** One question each: how far the server's clock is ahead of ours, to the second it tells. */
async function clockOffset(client: S3Client, bucket: string, signal: AbortSignal): Promise<number> {
  const before = Date.now();
  const { serverTime } = await client.call({ method: 'HEAD', bucket }, signal);
  // The second it names has begun: half of one is the best guess.
  return Math.round(serverTime.getTime() + 500 - (before + Date.now()) / 2);
}

function clockResult(offsetMs: number): ProbeResult {
  const outcome = Math.abs(offsetMs) < mostOffsetMs ? 'passed' : 'failed';
  return { check: 'clock', outcome, detail: `the archive's clock is ${offsetMs} ms ahead of ours` };
}

class BucketProbe {
  readonly #options: S3ProbeOptions;
  readonly #bucket: string;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #results: ProbeResult[] = [];

  constructor(options: S3ProbeOptions, run: { bucket: string; probeId: string; signal: AbortSignal }) {
    this.#options = options;
    this.#bucket = run.bucket;
    this.#folder = `probe/${options.dock}/${run.probeId}`;
    this.#signal = run.signal;
  }

  async run(): Promise<readonly ProbeResult[]> {
    const canaries: Canary[] = [];
    await this.#check('put', async () => {
      canaries.push(await this.#putWhole());
      return 'a canary was stored in one piece';
    });
    await this.#check('resume', async () => {
      canaries.push(await this.#putInParts());
      return 'the part that had arrived was named, and not sent again';
    });
    if (canaries.length === 1) this.#fails('put', 'no canary could be stored in parts');
    await this.#check('read-back', () => this.#readBack(canaries));
    await this.#check('wrong-hash', () => this.#refusesWrongHash());
    if (this.#options.settings.retention === 'none') this.#saysNothingOfWorm();
    else await this.#checkWorm(canaries);
    return this.#results;
  }

  async #checkWorm(canaries: readonly Canary[]): Promise<void> {
    const of = (check: ProbeCheck, work: (canary: Canary) => Promise<string>) =>
      this.#check(check, async () => {
        if (canaries.length < 2) throw new Failed('there was no canary to try it on');
        const seen: string[] = [];
        for (const canary of canaries) seen.push(await work(canary));
        return [...new Set(seen)].join('; ');
      });
    await of('retention', (canary) => this.#isLocked(canary));
    await of('worm-overwrite', (canary) => this.#overwrite(canary));
    await of('worm-shorten', (canary) => this.#shorten(canary));
    await of('worm-delete', (canary) => this.#refuses('a deletion', this.#deletion(canary)));
    await of('worm-bypass', (canary) => this.#bypass(canary));
    await of('worm-intact', (canary) => this.#isIntact(canary));
  }

  async #check(check: ProbeCheck, work: () => Promise<string>): Promise<void> {
    try {
      const detail = await work();
      this.#results.push({ check, outcome: 'passed', detail });
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isArchiveRefusal(error, 'unreachable') || isArchiveRefusal(error, 'busy')) throw error;
      if (!(error instanceof Failed) && !isArchiveRefusal(error)) throw error;
      this.#fails(check, error.message);
    }
  }

  #fails(check: ProbeCheck, detail: string): void {
    const others = this.#results.findIndex((result) => result.check === check);
    if (others >= 0) this.#results.splice(others, 1);
    this.#results.push({ check, outcome: 'failed', detail: `${this.#bucket}: ${detail}` });
  }

  #saysNothingOfWorm(): void {
    const checks: ProbeCheck[] = [
      'retention',
      'worm-delete',
      'worm-bypass',
      'worm-shorten',
      'worm-overwrite',
      'worm-intact',
    ];
    for (const check of checks) {
      this.#results.push({ check, outcome: 'not-applicable', detail: 'the target does not lock' });
    }
  }

  async #putWhole(): Promise<Canary> {
    const place = { bucket: this.#bucket, key: `${this.#folder}/whole` };
    const body = smallBody(randomBytes(1024));
    await this.#options.client.call({ method: 'PUT', ...place, body }, this.#signal);
    return { version: await this.#locked(place), body };
  }

  /** Cuts the upload off in its second part, asks what is there, and goes on with that. */
  async #putInParts(): Promise<Canary> {
    const { client } = this.#options;
    const place = { bucket: this.#bucket, key: `${this.#folder}/parts` };
    const uploadId = await beginUpload(client, place, this.#signal);
    const upload = { ...place, uploadId };
    try {
      const [first, second] = [smallBody(randomBytes(partBytes)), smallBody(randomBytes(1_200_000))];
      const pace = async () => {};
      await putPart(client, upload, { number: 1, body: first, pace }, this.#signal);
      await this.#cutOff(upload, second);
      const held = await listParts(client, place, uploadId, this.#signal);
      if (held?.get(1)?.etag !== first.md5)
        throw new Failed('the part that had arrived was not named by its MD5');
      if (held.has(2)) throw new Failed('a part that was cut off is named as if it had arrived');
      const tag = await putPart(client, upload, { number: 2, body: second, pace }, this.#signal);
      const tags = new Map([
        [1, first.md5],
        [2, tag],
      ]);
      await completeUpload(client, upload, tags, this.#signal);
      const body = smallBody(Buffer.concat([first.bytes, second.bytes]));
      return { version: await this.#locked(place), body };
    } catch (error) {
      await abortUpload(client, upload, this.#signal).catch(() => {});
      throw error;
    }
  }

  /** Sends the beginning of a part, and breaks the connection. */
  async #cutOff(upload: ObjectPlace & { uploadId: string }, body: SignedBody): Promise<void> {
    const cut = new Error('cut off on purpose');
    let pieces = 0;
    const pace = async () => {
      pieces += 1;
      if (pieces === 2) throw cut;
    };
    await putPart(this.#options.client, upload, { number: 2, body, pace }, this.#signal).catch((error) => {
      if (error !== cut) throw error;
    });
  }

  /** The canary as it lies there, locked for a short while where the target locks objects at all. */
  async #locked(place: ObjectPlace): Promise<StoredVersion> {
    const { client, settings } = this.#options;
    const version = await this.#head(place, null);
    if (settings.retention === 'none' || client.habits.lock !== 'object') return version;
    const until = new Date(client.now().getTime() + canaryLockMs);
    if (version.lockedUntil !== null && version.lockedUntil >= until) return version;
    try {
      await putRetention(client, version, until, this.#signal);
    } catch (error) {
      // A bucket without locks says so at the checks that follow.
      if (isArchiveRefusal(error, 'unreachable') || isArchiveRefusal(error, 'busy')) throw error;
    }
    return this.#head(place, version.versionId);
  }

  async #head(place: ObjectPlace, versionId: string | null): Promise<StoredVersion> {
    const version = await headVersion(this.#options.client, place, versionId, this.#signal);
    if (version === null) throw new Failed(`${place.key} was taken, and is not there`);
    return version;
  }

  async #readBack(canaries: readonly Canary[]): Promise<string> {
    if (canaries.length < 2) throw new Failed('there was no canary to read');
    for (const canary of canaries) await this.#assertSame(canary);
    return 'each canary was read again, byte for byte';
  }

  async #assertSame({ version, body }: Canary): Promise<void> {
    const { client, pool } = this.#options;
    const read = await readBackVersion(client, version, pool, this.#signal);
    if (read.sha256 === body.sha256) return;
    throw new Failed(`${version.key} gives ${read.sizeBytes} bytes with another hash`);
  }

  async #refusesWrongHash(): Promise<string> {
    const right = smallBody(randomBytes(1024));
    const place = { bucket: this.#bucket, key: `${this.#folder}/wrong-hash` };
    const wrong = { ...right, md5: smallBody('other bytes').md5 };
    const isRefused = await this.#isRefused({ method: 'PUT', ...place, body: wrong });
    if (!isRefused) throw new Failed('bytes with a wrong MD5 were taken');
    return 'bytes with a wrong MD5 were refused';
  }

  async #isLocked({ version }: Canary): Promise<string> {
    const { client } = this.#options;
    if (client.habits.lock !== 'object') return 'the rule of the bucket locks it';
    const { lockMode, lockedUntil, key } = await this.#head(version, version.versionId);
    if (lockMode !== 'COMPLIANCE' || lockedUntil === null || lockedUntil <= client.now()) {
      throw new Failed(
        `${key} is not locked: ${lockMode ?? 'no mode'} until ${lockedUntil?.toISOString() ?? 'no day'}`,
      );
    }
    return `${lockMode} until ${lockedUntil.toISOString()}`;
  }

  /** Writing over it may be refused, or make another version; the locked one must stay as it is. */
  async #overwrite(canary: Canary): Promise<string> {
    const { version } = canary;
    const { bucket, key } = version;
    const isRefused = await this.#isRefused({
      method: 'PUT',
      bucket,
      key,
      body: smallBody('written over it'),
    });
    await this.#assertSame(canary);
    return isRefused ? 'writing over it was refused' : 'writing over it left the locked version as it was';
  }

  async #shorten({ version }: Canary): Promise<string> {
    const { client } = this.#options;
    if (client.habits.lock !== 'object') return 'the rule of the bucket cannot be ended by a dock';
    const { lockedUntil } = await this.#head(version, version.versionId);
    const sooner = new Date(client.now().getTime() + 1000);
    const bypass = { headers: { 'x-amz-bypass-governance-retention': 'true' } };
    for (const [what, until, how] of [
      ['a sooner end', sooner, {}],
      ['a sooner end with bypass', sooner, bypass],
      ['GOVERNANCE instead', lockedUntil ?? sooner, { mode: 'GOVERNANCE', ...bypass }],
    ] as const) {
      await this.#refuses(what, putRetention(client, version, until, this.#signal, how));
    }
    const after = await this.#head(version, version.versionId);
    if (after.lockMode === 'COMPLIANCE' && after.lockedUntil?.getTime() === lockedUntil?.getTime()) {
      return 'ending its retention sooner was refused';
    }
    throw new Failed(`${version.key} was refused a sooner end, and has it all the same`);
  }

  async #bypass(canary: Canary): Promise<string> {
    const headers = { 'x-amz-bypass-governance-retention': 'true' };
    await this.#refuses('a deletion with bypass', this.#deletion(canary, headers));
    const { bucket, key, versionId } = canary.version;
    const object = { Key: key, ...(versionId === null ? {} : { VersionId: versionId }) };
    const body = smallBody(writeXml('Delete', { Object: object }));
    const call: S3Call = { method: 'POST', bucket, query: { delete: '' }, headers, body };
    try {
      const answer = await this.#options.client.call(call, this.#signal);
      const errors = allOf(answer.xml?.content ?? '', 'Error');
      if (!errors.some((error) => textOf(error, 'Key') === key)) {
        throw new Failed('a deletion of many at once was taken');
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    return 'deleting it with every bypass was refused';
  }

  async #isIntact(canary: Canary): Promise<string> {
    await this.#head(canary.version, canary.version.versionId);
    await this.#assertSame(canary);
    return 'it is still there, byte for byte';
  }

  #deletion({ version }: Canary, headers: Record<string, string> = {}): Promise<unknown> {
    const { bucket, key, versionId } = version;
    const call: S3Call = { method: 'DELETE', bucket, key, query: versionQuery(versionId), headers };
    return this.#options.client.call(call, this.#signal);
  }

  async #refuses(what: string, trial: Promise<unknown>): Promise<string> {
    try {
      await trial;
    } catch (error) {
      if (isRefusal(error)) return `${what} was refused`;
      throw error;
    }
    throw new Failed(`${what} was taken`);
  }

  async #isRefused(call: S3Call): Promise<boolean> {
    try {
      await this.#options.client.call(call, this.#signal);
      return false;
    } catch (error) {
      if (isRefusal(error)) return true;
      throw error;
    }
  }
}

/** A no, and not a fault: a server that is out of order has refused nothing. */
function isRefusal(error: unknown): boolean {
  if (!isArchiveRefusal(error)) return false;
  return error.status !== null && error.status >= 400 && error.status < 500;
}
