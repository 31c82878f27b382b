import { createHash } from 'node:crypto';
import type { ClockReading } from '@docket/device-protocol';
import {
  type ClipRecord,
  type ClipTime,
  ClipTimes,
  ClockIndex,
  type ClockStatement,
  type CustodyLog,
  clockStatement,
  type HostClock,
  type IndexDatabase,
  judgeClock,
  lastAnchor,
  lastSetMs,
  markDue,
  readClockHistory,
  type Transaction,
} from '@docket/ingest';
import { Random } from '../random.ts';
import {
  hourMs,
  type LedgerAct,
  type TrueClip,
  type TrueDay,
  type TrueDocking,
  type TrueRecorder,
  type TrueYear,
} from './true-year.ts';

const zone = 'Asia/Shanghai';
const limits = { driftMsPerDay: 3000, faultOffsetMs: 5000, conflictMs: 5000, nameSlackMs: 2000 };
const earlierDockings = 10;
const readings = 8;

/** When a clip was recorded as far as is proven, in Unix milliseconds; infinite where nothing is. */
export interface ProvenTime {
  startLowMs: number;
  startHighMs: number;
  endLowMs: number;
  endHighMs: number;
}

/** A simulated clock for the custody log: entries of the year have the times at which they would have been made. */
export class LogTime {
  #atMs = 0;

  set(atMs: number): void {
    this.#atMs = atMs;
  }

  readonly now = (): Date => new Date(this.#atMs === 0 ? Date.now() : this.#atMs);
}

/**
 * Puts dockings and clips into the index as if they had been taken in: real rows, real clock statements and verdicts,
 * clip times reckoned by the product, custody entries. There are no media bytes: hashes are made up, and nothing of the
 * store stands on a disk.
 */
export class ClipLoader {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #clocks: ClockIndex;
  readonly #times: ClipTimes;
  readonly #logTime: LogTime;
  readonly #year: TrueYear;
  readonly #random: Random;
  /** What is proven of each clip's time. */
  readonly proven = new Map<string, ProvenTime>();
  readonly sealedMs = new Map<string, number>();

  constructor(year: TrueYear, database: IndexDatabase, custody: CustodyLog, logTime: LogTime) {
    this.#year = year;
    this.#database = database;
    this.#custody = custody;
    this.#logTime = logTime;
    this.#clocks = new ClockIndex(database, custody);
    this.#times = new ClipTimes(database, custody, { limits, assumedZone: zone });
    this.#random = new Random(year.options.seed + 2);
  }

  async registerRecorders(): Promise<void> {
    await this.#database.write(async (transaction) => {
      for (const { recorderId } of this.#year.recorders) {
        const seenAt = new Date(0).toISOString();
        await transaction.run(
          `INSERT INTO recorder (recorder_id, serial_number, driver, identity_source, first_seen_at, last_seen_at)
           VALUES (?, ?, 'smp', 'device', ?, ?)`,
          [recorderId, recorderId.slice(3), seenAt, seenAt],
        );
      }
    });
  }

  /** Takes in what the days brought, in the order in which it happened. */
  async load(days: readonly TrueDay[]): Promise<void> {
    for (const { ledger, dockings } of days) {
      const acts = ledger.map((act) => ({ atMs: act.atMs, take: () => this.#keepAct(act) }));
      const docked = dockings.map((docking) => ({ atMs: docking.atMs, take: () => this.#dock(docking) }));
      for (const { take } of [...acts, ...docked].sort((left, right) => left.atMs - right.atMs)) await take();
    }
    this.#logTime.set(0);
  }

  async #keepAct({ recorder, atMs, act, officer }: LedgerAct): Promise<void> {
    await this.#database.write(async (transaction) => {
      await transaction.run(
        `INSERT INTO recorder_ledger (sequence, recorder_id, at, operator, act, officer_number, officer_name, reason)
         VALUES ((SELECT coalesce(max(sequence) + 1, 0) FROM recorder_ledger), ?, ?, 'year', ?, ?, NULL, 'simulated')`,
        [
          this.#recorder(recorder).recorderId,
          new Date(atMs).toISOString(),
          act,
          this.#year.officers[officer]?.number ?? '',
        ],
      );
    });
  }

  async #dock(docking: TrueDocking): Promise<void> {
    const { dockingId, atMs, isHostSynchronised, clips } = docking;
    const recorder = this.#recorder(docking.recorder);
    const { recorderId } = recorder;
    this.#logTime.set(atMs);
    const shown = clips.map((clip) => shownBy(recorder, clip));
    const earlier = await readClockHistory(this.#database, recorderId, { latest: earlierDockings });
    const host = hostClock(atMs, isHostSynchronised);
    const found = this.#read(recorder, atMs, host);
    await this.#database.write((transaction) =>
      transaction.run(
        `INSERT INTO docking (docking_id, slot, driver, recorder_id, state, attached_at, safe_at, detached_at, clock, clips_listed, clips_pulled)
         VALUES (?, '1-1', 'smp', ?, 'complete', ?, ?, ?, ?, ?, ?)`,
        [
          dockingId,
          recorderId,
          ...[0, 600_000, 700_000].map((laterMs) => new Date(atMs + laterMs).toISOString()),
          JSON.stringify(found.statement),
          clips.length,
          clips.length,
        ],
      ),
    );
    const told = {
      dockingId,
      recorderId,
      host,
      found: found.statement,
      readings: found.readings,
      drift: null,
    };
    const verdict = judgeClock(
      { found: found.statement, before: lastAnchor(earlier), lastSetMs: lastSetMs(earlier) },
      limits,
    );
    await this.#clocks.found({ ...told, verdict });
    if (recorder.isReadable && isHostSynchronised) await this.#set(recorder, told, atMs + 3000, host);
    const history = await this.#times.history(recorderId, dockingId);
    const rows = await Promise.all(
      clips.map(async (clip, position) => {
        const record = this.#recordOf(
          clip,
          docking,
          recorder,
          shown[position] ?? { startedAt: '', endedAt: '' },
        );
        return { clip, record, time: await this.#times.reckon(record, history) };
      }),
    );
    await this.#database.write(async (transaction) => {
      for (const { clip, record, time } of rows) await this.#keepClip(transaction, clip, record, time);
    });
    for (const { clip, time } of rows) {
      this.proven.set(clip.clipId, provenOf(time));
      this.sealedMs.set(clip.clipId, atMs);
    }
  }

  /** Reads the clock as a driver does: asked, and answered in whole seconds a moment later. */
  #read(
    { clock, isReadable }: TrueRecorder,
    fromMs: number,
    host: HostClock,
  ): { statement: ClockStatement; readings: ClockReading[] } {
    if (!isReadable) return { statement: { state: 'unreadable', reason: 'not-supported' }, readings: [] };
    const taken = Array.from({ length: readings }, (_, turn) => {
      const hostBeforeMs = fromMs + turn * 137;
      const wayMs = this.#random.whole(5, 60);
      const deviceMs = Math.floor(clock.shows(hostBeforeMs + wayMs * this.#random.share()) / 1000) * 1000;
      return {
        deviceText: new Date(deviceMs + 8 * hourMs).toISOString().slice(0, 19),
        deviceMs,
        resolutionMs: 1000,
        hostBeforeMs,
        hostAfterMs: hostBeforeMs + wayMs,
        assumedZone: zone,
        method: 'smp-datetime' as const,
      };
    });
    return { statement: clockStatement(taken, host), readings: taken };
  }

  async #set(
    recorder: TrueRecorder,
    told: Parameters<ClockIndex['set']>[0],
    atMs: number,
    host: HostClock,
  ): Promise<void> {
    recorder.clock.set(atMs, this.#random.between(-900, 50));
    const after = this.#read(recorder, atMs + 500, host);
    await this.#clocks.set(
      told,
      {
        deviceText: new Date(atMs).toISOString(),
        hostBeforeMs: atMs - 100,
        hostAfterMs: atMs + 100,
        outcome: 'set',
      },
      after,
    );
  }

  #recordOf(
    clip: TrueClip,
    { dockingId, atMs }: TrueDocking,
    { recorderId, isNumbered }: TrueRecorder,
    { startedAt, endedAt }: { startedAt: string; endedAt: string },
  ): ClipRecord {
    const extension = clip.kind === 'photo' ? 'jpg' : 'mp4';
    const name = `${clip.clipId}_${startedAt.replace(/\D/gu, '')}.${extension}`;
    const sha256 = createHash('sha256').update(clip.clipId).digest('hex');
    const durationMs = clip.endMs - clip.startMs;
    return {
      clipId: clip.clipId,
      name,
      nameEncoding: 'utf-8',
      path: name,
      pathBytes: Buffer.from(name),
      kind: clip.kind,
      sizeBytes: 300_000 + durationMs * 500,
      // Not stored yet: a clip's time is reckoned before it is sealed.
      state: 'verified',
      marked: clip.isMarked,
      markedSource: clip.isMarked ? 'name' : null,
      quarantine: null,
      recorderId,
      recorderSerialNumber: recorderId.slice(3),
      officerNumber: isNumbered ? (this.#year.officers[clip.wearer]?.number ?? null) : null,
      dockingId,
      liveSessionId: null,
      pulledIn: dockingId,
      slot: '1-1',
      startedAt: { text: startedAt, source: 'name', assumedZone: null },
      modifiedAt: { text: endedAt, source: 'file-time', assumedZone: null },
      clock: { state: 'unreadable', reason: 'not-read-yet' },
      time: null,
      collectedAt: new Date(atMs).toISOString(),
      sha256,
      blake3: null,
      sampleBlake3: null,
      readBack: null,
      storePath: `clips/${clip.clipId}`,
      recordSha256: null,
      media: {
        container: clip.kind === 'photo' ? null : 'mov,mp4',
        durationMs: clip.kind === 'photo' ? null : durationMs,
        width: 1920,
        height: 1080,
        videoCodec: 'h264',
        audioCodec: 'aac',
        createdAt: null,
        takenAt: null,
      },
      hasThumbnail: false,
      receipts: [],
      releasedAt: null,
      localRemovedAt: null,
    };
  }

  async #keepClip(
    transaction: Transaction,
    clip: TrueClip,
    record: ClipRecord,
    time: ClipTime,
  ): Promise<void> {
    const { clipId, dockingId, recorderId } = record;
    await transaction.run(
      `INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes, modified_at,
         started_at, marked, marked_source, officer_number, state, listed_at, pulled_in, sha256, store_path, media, time)
       VALUES (?, ?, ?, ?, ?, ?, 'utf-8', ?, ?, ?, ?, ?, ?, ?, 'sealed', ?, ?, ?, ?, ?, ?)`,
      [
        clipId,
        recorderId,
        dockingId,
        record.pathBytes,
        record.name,
        record.path,
        record.kind,
        record.sizeBytes,
        record.modifiedAt?.text ?? null,
        record.startedAt?.text ?? null,
        clip.isMarked,
        record.markedSource,
        record.officerNumber,
        record.collectedAt,
        dockingId,
        record.sha256,
        record.storePath,
        JSON.stringify(record.media),
        JSON.stringify(time),
      ],
    );
    for (const action of ['listed', 'sealed'] as const) {
      await this.#custody.append(transaction, {
        action,
        clipId,
        ...(dockingId === null ? {} : { dockingId }),
        recorderId,
      });
    }
    await markDue(transaction, 'clip', [clipId]);
  }

  #recorder(index: number): TrueRecorder {
    const recorder = this.#year.recorders[index];
    if (recorder === undefined) throw new RangeError(`there is no recorder ${index}`);
    return recorder;
  }
}

/** Name and file time as the recorder's clock makes them: whole seconds, and the two-second steps of FAT. */
function shownBy(
  { clock }: TrueRecorder,
  { startMs, endMs }: TrueClip,
): { startedAt: string; endedAt: string } {
  const wall = (atMs: number, stepMs: number) =>
    new Date(Math.floor(clock.shows(atMs) / stepMs) * stepMs + 8 * hourMs).toISOString();
  return { startedAt: wall(startMs, 1000).slice(0, 19), endedAt: wall(endMs, 2000).slice(0, 23) };
}

function hostClock(atMs: number, isSynchronised: boolean): HostClock {
  return {
    source: isSynchronised ? 'chrony' : 'none',
    state: isSynchronised ? 'synchronised' : 'unsynchronised',
    stratum: isSynchronised ? 3 : null,
    rootDelayMs: isSynchronised ? 8 : null,
    rootDispersionMs: isSynchronised ? 4 : null,
    boundMs: isSynchronised ? 10 : null,
    leap: isSynchronised ? 'none' : 'not-synchronised',
    readAt: new Date(atMs).toISOString(),
  };
}

function provenOf({ start, end }: ClipTime): ProvenTime {
  const at = (text: string | null, otherwise: number) => (text === null ? otherwise : Date.parse(text));
  return {
    startLowMs: at(start.notBefore, Number.NEGATIVE_INFINITY),
    startHighMs: at(start.notAfter, Number.POSITIVE_INFINITY),
    endLowMs: at(end.notBefore, Number.NEGATIVE_INFINITY),
    endHighMs: at(end.notAfter, Number.POSITIVE_INFINITY),
  };
}
