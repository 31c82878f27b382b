import { Random } from '../random.ts';

/** A fleet of docks, and what its recorders bring. */
export interface FleetPlan {
  docks: number;
  recordersPerDock: number;
  hoursPerShift: number;
  clipMinutes: number;
  bytesPerRecordedHour: number;
  /** Of all clips, those that are important: marked, held, evidence. */
  importantShare: number;
  /** Shift changes, a day apart. */
  shiftChanges: number;
  /** All of a dock's recorders are docked within so long of a shift's end. */
  dockingMinutes: number;
  /** How much of an earlier day still waits on each dock when the first shift ends. */
  backlogDays: number;
  /** Mbit/s of the docks' lines, and how many docks have them. */
  lines: readonly (readonly [number, number])[];
  /** All docks together get no more than this into the centre. */
  centralGbitPerSecond: number;
  seed: number;
}

/** What a clip is to a queue. Times are minutes from the end of the first shift. */
export interface QueuedClip {
  recordedAt: number;
  queuedAt: number;
  isImportant: boolean;
  sizeBytes: number;
}

export interface Dock {
  lineBytesPerMinute: number;
  /** What waits from before, and what each shift brings, in the order in which it comes in. */
  clips: readonly QueuedClip[];
}

export const minutesPerDay = 24 * 60;

/** The dock of this number; the same plan always gives the same one. */
export function dockOf(plan: FleetPlan, number: number): Dock {
  const random = new Random(plan.seed * 1_000_003 + number);
  const mbits = random.weighted(plan.lines);
  const clips: QueuedClip[] = [];
  for (let shift = plan.backlogDays > 0 ? -1 : 0; shift < plan.shiftChanges; shift += 1) {
    clips.push(...clipsOfShift(plan, shift, random));
  }
  clips.sort((one, other) => one.queuedAt - other.queuedAt || one.recordedAt - other.recordedAt);
  return { lineBytesPerMinute: (mbits * 1e6 * 60) / 8, clips };
}

function clipsOfShift(plan: FleetPlan, shift: number, random: Random): QueuedClip[] {
  const end = shift * minutesPerDay;
  const perRecorder = Math.round((plan.hoursPerShift * 60) / plan.clipMinutes);
  const sizeBytes = (plan.bytesPerRecordedHour * plan.clipMinutes) / 60;
  // Of the day before the first, only what the line has not carried yet still waits.
  const kept = shift < 0 ? plan.backlogDays : 1;
  const clips: QueuedClip[] = [];
  for (let recorder = 0; recorder < plan.recordersPerDock; recorder += 1) {
    const dockedAt = end + random.between(0, plan.dockingMinutes);
    for (let number = 0; number < perRecorder; number += 1) {
      const isImportant = random.chance(plan.importantShare);
      if (shift < 0 && (isImportant || !random.chance(kept))) continue;
      clips.push({
        recordedAt: end - (perRecorder - number - 1) * plan.clipMinutes,
        queuedAt: shift < 0 ? 0 : dockedAt,
        isImportant,
        sizeBytes,
      });
    }
  }
  return clips;
}
