import { readClip } from '../clip/clip-queries.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import { isStored } from '../clip/clip-states.ts';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { LiveMatchTime } from '../live/reconcile/live-match-time.ts';
import { readLiveMatchTimes } from '../live/reconcile/live-match-times.ts';
import { markDue } from '../reckoning/due.ts';
import type { ClipTime } from './clip-time.ts';
import { type ClockEntry, stretchesBeforeListing } from './clock-history.ts';
import { readClockHistory } from './clock-index.ts';
import { type FusionLimits, fuseClipTime } from './fuse-clip-time.ts';
import { type GpsTrack, readGpsTrack } from './gps-track.ts';
import { isSynchronised } from './host-clock/host-clock.ts';

export interface ClipTimePolicy {
  limits: FusionLimits;
  /** IANA zone of wall clocks that nothing else tells the zone of. */
  assumedZone: string;
}

const unknown = {
  kind: 'unbounded',
  value: null,
  halfWidthMs: null,
  notBefore: null,
  notAfter: null,
} as const;
const timeUnknown: ClipTime = {
  start: unknown,
  end: unknown,
  sources: [],
  conflicts: [],
  doubts: ['clock-never-read'],
};

/** Earlier dockings by which the clock of a clip is reckoned. */
const reckonedDockings = 10;

/** What a docking knows of the clock of its recorder; with it, many clips need one look at the index. */
export interface DockedHistory {
  dockingId: string;
  entries: readonly ClockEntry[];
}

/**
 * When clips were recorded: reckoned first when a clip is sealed, and again whenever more is known of it. The newest
 * stands in the index; the sealed record keeps what was known then.
 */
export class ClipTimes {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #policy: ClipTimePolicy;

  constructor(database: IndexDatabase, custody: CustodyLog, policy: ClipTimePolicy) {
    this.#database = database;
    this.#custody = custody;
    this.#policy = policy;
  }

  /** What is known of a recorder's clock up to a docking. */
  async history(recorderId: string, dockingId: string): Promise<DockedHistory> {
    const entries = await readClockHistory(this.#database, recorderId, {
      latest: reckonedDockings,
      upTo: dockingId,
    });
    return { dockingId, entries };
  }

  /** The time of a clip by all that is known now. That of a live segment is told once, by its session; dockings change nothing of it. */
  async reckon(clip: ClipRecord, docked?: DockedHistory): Promise<ClipTime> {
    if (clip.dockingId === null) return clip.time ?? timeUnknown;
    const isFirstSeenNow = docked?.dockingId === clip.dockingId;
    const history = isFirstSeenNow ? docked : await this.history(clip.recorderId, clip.dockingId);
    // Sidecars of a clip under way are not there yet; those of a sealed one may be.
    const [tracks, liveMatches] = isStored(clip.state)
      ? [await this.#tracksOf(clip), await readLiveMatchTimes(this.#database, clip.clipId)]
      : [[], []];
    return this.#fuse(clip, history.entries, { tracks, liveMatches });
  }

  #fuse(
    clip: ClipRecord,
    entries: readonly ClockEntry[],
    { tracks, liveMatches }: { tracks: readonly GpsTrack[]; liveMatches: readonly LiveMatchTime[] },
  ): ClipTime {
    const listedIn = entries.at(-1) ?? null;
    const host = listedIn?.host ?? null;
    const isHostRight = host !== null && isSynchronised(host);
    const clockZone = listedIn?.found.state === 'measured' ? listedIn.found.assumedZone : null;
    return fuseClipTime(
      {
        kind: clip.kind,
        startedAt: clip.startedAt,
        modifiedAt: clip.modifiedAt,
        durationMs: clip.media?.durationMs ?? null,
        createdAt: clip.media?.createdAt ?? null,
        takenAt: clip.media?.takenAt ?? null,
        tracks,
        liveMatches,
        stretches: stretchesBeforeListing(entries, clip.recorderSerialNumber !== null),
        isHostDoubtful: listedIn?.found.state === 'measured' && listedIn.found.kind === 'unverified',
        listedBeforeMs: isHostRight ? Date.parse(clip.collectedAt) + host.boundMs : null,
        assumedZone: clockZone ?? this.#policy.assumedZone,
      },
      this.#policy.limits,
    );
  }

  /** Reckons the time of a stored clip anew, and keeps it, with a custody entry, where it is another. */
  async revise(clipId: string): Promise<boolean> {
    const clip = await readClip(this.#database, clipId);
    if (clip === null || !isStored(clip.state)) return false;
    const time = await this.reckon(clip);
    const text = canonicalJson(json(time));
    if (clip.time !== null && canonicalJson(json(clip.time)) === text) return false;
    await this.#database.write(async (transaction) => {
      await transaction.run('UPDATE clip SET time = ? WHERE clip_id = ?', [text, clipId]);
      const { start, end, conflicts, doubts } = time;
      await this.#custody.append(transaction, {
        action: 'time-revised',
        clipId,
        details: { start: json(start), end: json(end), conflicts: conflicts.map(json), doubts },
      });
      await markDue(transaction, 'clip', [clipId]);
    });
    return true;
  }

  /** Reckons anew every clip that a docking took: what was known of its clock has changed. Resolves with their ids. */
  async reviseDocking(dockingId: string): Promise<string[]> {
    const rows = await this.#database.read('SELECT clip_id FROM clip WHERE pulled_in = ?', [dockingId]);
    return this.#reviseEach(rows.map((row) => String(row.clip_id)));
  }

  /** Keeps the track of a stored sidecar, where it is one, for the clips of its name. Resolves with those it changed. */
  async takeTrack(sidecar: ClipRecord, file: string): Promise<string[]> {
    const track = await readGpsTrack(file);
    if (track === null) return [];
    await this.#database.write((transaction) =>
      transaction.run('UPDATE clip SET gps_track = ? WHERE clip_id = ?', [
        JSON.stringify(track),
        sidecar.clipId,
      ]),
    );
    const rows = await this.#besides(sidecar);
    return this.#reviseEach(rows.map((row) => String(row.clip_id)));
  }

  async #reviseEach(clipIds: readonly string[]): Promise<string[]> {
    const revised: string[] = [];
    for (const clipId of clipIds) if (await this.revise(clipId)) revised.push(clipId);
    return revised;
  }

  async #tracksOf(clip: ClipRecord): Promise<GpsTrack[]> {
    const rows = await this.#besides(clip, 'AND gps_track IS NOT NULL');
    return rows.map((row) => JSON.parse(String(row.gps_track)) as GpsTrack);
  }

  /** Files of the same recorder, first seen in the same docking, that lie beside a clip under the same name. */
  #besides(clip: ClipRecord, condition = '') {
    const stem = clip.path.replace(/\.[^./]*$/u, '');
    return this.#database.read(
      `SELECT clip_id, gps_track FROM clip WHERE docking_id = ?1 AND recorder_id = ?2 AND clip_id != ?3
       AND substr(path, 1, length(?4)) = ?4 AND instr(substr(path, length(?4) + 1), '/') = 0 ${condition}`,
      [clip.dockingId, clip.recorderId, clip.clipId, `${stem}.`],
    );
  }
}

/** What is written by us in whole is JSON as it stands. */
function json(value: object): { [key: string]: JsonValue } {
  return value as { [key: string]: JsonValue };
}
