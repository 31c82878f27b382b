import type { LiveReason } from './live-reason.ts';

/**
 * What is wrong with a live stream.
 *
 * not-recording        a recorder should be recorded and its recording does not grow
 * stream-lost          a stream that was wanted broke off
 * store-failed         what comes in cannot be written
 * clock-jump           the sender's clock or its media time took a leap
 * live-only            footage that came live, and that the docked recorder no longer holds
 * unregistered-push    a stranger wanted to send, or a recorder by wrong credentials
 * too-many-streams     more streams came than are allowed
 * credentials-refused  a recorder does not let us pull by the credentials registered
 */
export const liveAlarmKinds = [
  'not-recording',
  'stream-lost',
  'store-failed',
  'clock-jump',
  'live-only',
  'unregistered-push',
  'too-many-streams',
  'credentials-refused',
] as const;
export type LiveAlarmKind = (typeof liveAlarmKinds)[number];

/** Footage is being lost, or was: the dock is not well until a person has seen it and it is over. */
export const graveAlarmKinds: readonly LiveAlarmKind[] = ['not-recording', 'store-failed', 'live-only'];

/** What happened and is over as soon as it happened: it ends when a person has seen it. */
export const momentaryAlarmKinds: readonly LiveAlarmKind[] = ['clock-jump', 'live-only', 'unregistered-push'];

export interface LiveAlarm {
  alarmId: string;
  kind: LiveAlarmKind;
  recorderId: string | null;
  operationId: string | null;
  sessionId: string | null;
  detail: string;
  /** The same as a code and figures; `null` where it was raised before there were any. */
  reason: LiveReason | null;
  raisedAt: string;
  endedAt: string | null;
  seenBy: string | null;
  seenAt: string | null;
}

export interface RaisedAlarm {
  kind: LiveAlarmKind;
  recorderId?: string | null;
  operationId?: string | null;
  sessionId?: string | null;
  /** Holds no secret. */
  reason: LiveReason;
}
