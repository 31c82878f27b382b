import {
  graveAlarmKinds,
  type LiveAlarm as LiveAlarmRecord,
  type LiveSession as LiveSessionRecord,
  type LiveSource as LiveSourceRecord,
  storeReason,
} from '@docket/ingest';
import type {
  LiveAlarm,
  LiveSession,
  LiveSource,
  LiveStreamNow,
  LiveStreamState,
  LiveTrack,
} from '../contract/index.ts';
import type { LiveLine } from '../live/live-view.ts';

/** A source without its secret, field by field. */
export function sourceAnswer(source: LiveSourceRecord, serialNumber: string | null): LiveSource {
  const { recorderId, way, url, userName, isEnabled, isAlwaysPulled, changedBy, changedAt } = source;
  return {
    recorderId,
    recorderSerialNumber: serialNumber,
    way,
    url,
    userName,
    hasSecret: source.secret !== '',
    isEnabled,
    isAlwaysPulled,
    changedBy,
    changedAt,
  };
}

export function alarmAnswer(alarm: LiveAlarmRecord): LiveAlarm {
  return { ...alarm, isGrave: graveAlarmKinds.includes(alarm.kind) };
}

export function sessionAnswer(session: LiveSessionRecord): LiveSession {
  const { sessionId, recorderId, recorderSerialNumber, way, tracks, startedAt, endedAt, endCause } = session;
  return {
    ...{ sessionId, recorderId, recorderSerialNumber, way },
    tracks: tracks.map(trackAnswer),
    ...{ startedAt, endedAt, endCause },
    segments: session.segmentCount,
    sizeBytes: session.sizeBytes,
    gaps: session.gapCount,
    senderReports: session.reports,
  };
}

function trackAnswer({ kind, codec, clockRateHz, channels }: LiveTrack): LiveTrack {
  return { kind, codec, clockRateHz, channels };
}

export function streamAnswer(line: LiveLine, serialNumber: string | null): LiveStreamNow {
  const { recorderId, stream, sessionId, operationId, isExpected } = line;
  return {
    recorderId,
    recorderSerialNumber: serialNumber,
    state: stateOf(line),
    sessionId,
    operationId,
    isExpected,
    way: stream?.way ?? null,
    transport: stream?.transport ?? null,
    tracks: (stream?.description.tracks ?? []).map(trackAnswer),
    refusedTracks: [...(stream?.description.refused ?? [])],
    since: instantOf(stream?.sinceMs ?? null),
    lastUnitAt: instantOf(stream?.lastUnitMs ?? null),
    lastPartAt: instantOf(line.lastPartMs),
    bitsPerSecond: line.bitsPerSecond,
    viewers: line.viewers,
    trouble: line.failure?.message ?? line.trouble,
    reason: reasonOf(line),
  };
}

function reasonOf({ failure, trouble }: LiveLine): LiveStreamNow['reason'] {
  if (failure !== null) return storeReason(failure);
  return trouble === null ? null : { kind: 'not-reached', words: trouble };
}

function stateOf({ stream, failure, lastPartMs, sessionId, isExpected }: LiveLine): LiveStreamState {
  if (failure !== null) return 'failed';
  if (stream !== null) return sessionId !== null && lastPartMs !== null ? 'recording' : 'connected';
  return isExpected ? 'waiting' : 'idle';
}

function instantOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
