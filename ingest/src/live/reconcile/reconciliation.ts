import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import { markDue } from '../../reckoning/due.ts';
import type { Reckoning } from '../../reckoning/reckoner.ts';
import { decideDockedOnly } from './decide-docked-only.ts';
import {
  type DecidingLimits,
  decideSegment,
  mayCover,
  type OriginalFacts,
  usualDeciding,
} from './decide-segment.ts';
import { type DecidedSession, type KeptMatch, keepMatches } from './keep-matches.ts';
import { endLossAlarm, type LossAlarms, raiseLossAlarm } from './loss-alarm.ts';
import { type AlignedSegment, picturePlace } from './picture-place.ts';
import { readSessionFacts, type SessionFacts, type ToldSegment } from './session-facts.ts';

export interface ReconciliationOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  alarms: LossAlarms;
  limits?: DecidingLimits;
}

/** Sessions of before are decided anew by a docking only while something of them stands open. */
const settledVerdicts = "('confirmed', 'superseded', 'docked-only')";
const recentDays = 31;

/**
 * Holds what was sent live against what the docked recorder held, whenever either is known better. Runs after clips are
 * reckoned; what pictures must be compared for it waits in `picture_comparison`.
 */
export class Reconciliation {
  readonly reckonings: readonly Reckoning[];
  readonly #options: ReconciliationOptions;
  readonly #listeners = new Set<() => void>();

  constructor(options: ReconciliationOptions) {
    this.#options = options;
    this.reckonings = [
      { kind: 'docking', reckon: (dockingIds) => this.#markSessions('docking', dockingIds) },
      { kind: 'clip', reckon: (clipIds) => this.#markSessions('clip', clipIds) },
      { kind: 'live-session', reckon: (sessionIds, signal) => this.#reckon(sessionIds, signal) },
    ];
  }

  /** Calls the listener whenever pictures wait to be compared, until the returned function is called. */
  onWaiting(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sessions of the recorders of dockings or clips; a segment's own session always. */
  async #markSessions(kind: 'docking' | 'clip', ids: readonly string[]): Promise<void> {
    const since = new Date(Date.now() - recentDays * 86_400_000).toISOString();
    const rows = await this.#options.database.read(
      `SELECT DISTINCT session_id FROM json_each(?1) AS named JOIN ${kind} ON ${kind}.${kind}_id = named.value
       JOIN live_session ON live_session.recorder_id = ${kind}.recorder_id
       WHERE ${kind === 'clip' ? "clip.kind IN ('video', 'sidecar') AND (live_session_id IS NULL OR live_session_id = session_id) AND" : ''}
       (live_session.started_at > ?2 OR NOT EXISTS (SELECT 1 FROM live_match WHERE live_match.session_id = live_session.session_id)
         OR EXISTS (SELECT 1 FROM live_match WHERE live_match.session_id = live_session.session_id
           AND verdict NOT IN ${settledVerdicts}))`,
      [JSON.stringify(ids), since],
    );
    if (rows.length === 0) return;
    const sessionIds = rows.map((row) => String(row.session_id));
    await this.#options.database.write((transaction) => markDue(transaction, 'live-session', sessionIds));
  }

  async #reckon(sessionIds: readonly string[], signal: AbortSignal): Promise<void> {
    for (const sessionId of sessionIds) {
      if (signal.aborted) return;
      const facts = await readSessionFacts(this.#options.database, sessionId);
      if (facts !== null) await this.#reckonSession(facts);
    }
  }

  async #reckonSession(facts: SessionFacts): Promise<void> {
    const { database, custody, alarms } = this.#options;
    const wanted = await this.#wantComparisons(facts);
    const decided = decideSession(facts, wanted, this.#options.limits ?? usualDeciding);
    await keepMatches({ database, custody }, facts, decided);
    const lost = [...decided.values()].flat().filter(({ verdict }) => verdict === 'live-only');
    if (lost.length > 0) await raiseLossAlarm(database, alarms, facts, lost);
    else await endLossAlarm(database, alarms, facts.sessionId);
    if (wanted.size > 0) for (const listener of this.#listeners) listener();
  }

  /** Pictures are compared only where an original may lie over a segment. Resolves with the pairs that now wait. */
  async #wantComparisons({ segments, originals, comparisons }: SessionFacts): Promise<Set<string>> {
    const known = new Set(comparisons.map(({ clipId, originalClipId }) => pair(clipId, originalClipId)));
    const wanted = segments.flatMap((segment) =>
      originals
        .filter(({ isStored }) => isStored)
        .filter((original) => mayCover(segment, { ...original, place: null }))
        .map((original) => ({ clipId: segment.clipId, originalClipId: original.clipId }))
        .filter(({ clipId, originalClipId }) => !known.has(pair(clipId, originalClipId))),
    );
    if (wanted.length > 0) {
      await this.#options.database.write((transaction) =>
        transaction.run(
          `INSERT OR IGNORE INTO picture_comparison (clip_id, original_clip_id, state, alignments)
           SELECT value ->> 'clipId', value ->> 'originalClipId', 'waiting', '[]' FROM json_each(?)`,
          [JSON.stringify(wanted)],
        ),
      );
    }
    return new Set(wanted.map(({ clipId, originalClipId }) => pair(clipId, originalClipId)));
  }
}

function decideSession(
  facts: SessionFacts,
  wanted: ReadonlySet<string>,
  limits: DecidingLimits,
): DecidedSession {
  const compared = new Map(facts.comparisons.map((one) => [pair(one.clipId, one.originalClipId), one]));
  const aligned = alignedSegments(facts);
  const known = (segment: ToldSegment, original: SessionFacts['originals'][number]): OriginalFacts => {
    const key = pair(segment.clipId, original.clipId);
    const { comparison, alignments } = compared.get(key) ?? {
      comparison: wanted.has(key) ? ('waiting' as const) : ('none' as const),
      alignments: [],
    };
    const place = picturePlace(segment, aligned.get(original.clipId) ?? []);
    return { ...original, comparison, alignments, place };
  };
  const decided = new Map<string | null, KeptMatch[]>();
  for (const segment of facts.segments) {
    const originals = facts.originals.map((original) => known(segment, original));
    const matches = decideSegment(segment, originals, facts.listings, limits);
    decided.set(segment.clipId, isAllNotDocked(matches) ? [] : matches.map((one) => kept(segment, one)));
  }
  const docked = decideDockedOnly(
    facts.expected,
    facts.originals.map((original) => ({
      ...original,
      received: facts.segments.map((segment) => ({
        ...segment,
        place: picturePlace(segment, aligned.get(original.clipId) ?? []),
      })),
    })),
  );
  decided.set(
    null,
    docked.map((match) => ({ ...match, offsetMs: null })),
  );
  return decided;
}

/** By original: the segments that hold pictures of it. */
function alignedSegments({ segments, comparisons }: SessionFacts): Map<string, AlignedSegment[]> {
  const onLine = new Map(segments.map((segment) => [segment.clipId, segment.onLine]));
  const found = new Map<string, AlignedSegment[]>();
  for (const { clipId, originalClipId, alignments } of comparisons) {
    if (alignments.length === 0) continue;
    const one = { clipId, alignments, onLine: onLine.get(clipId) ?? null };
    const others = found.get(originalClipId);
    if (others === undefined) found.set(originalClipId, [one]);
    else others.push(one);
  }
  return found;
}

/** Nothing has happened since: nothing is said. */
function isAllNotDocked(matches: ReturnType<typeof decideSegment>): boolean {
  return matches.every(({ evidence }) => evidence.kind === 'reason' && evidence.reason === 'not-docked');
}

function kept({ toldFromMs }: ToldSegment, match: ReturnType<typeof decideSegment>[number]): KeptMatch {
  const { fromMs, toMs, ...said } = match;
  return { ...said, fromMs: toldFromMs + fromMs, toMs: toldFromMs + toMs, offsetMs: fromMs };
}

function pair(clipId: string, originalClipId: string): string {
  return `${clipId} ${originalClipId}`;
}
