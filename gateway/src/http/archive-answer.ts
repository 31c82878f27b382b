import {
  isSound,
  isWormProven,
  type ProbeReport,
  type QueueEntry,
  type TargetSettings,
  type TargetStanding,
} from '@docket/ingest';
import { type ArchiveDesk, targetSettings } from '../archive/archive-desk.ts';
import { readFeeds } from '../archive/read-feeds.ts';
import type {
  Archive,
  ArchiveProbe,
  ArchiveQueueEntry,
  ArchiveSpace,
  ArchiveTarget,
} from '../contract/index.ts';

/** The archive side as the API shows it. */
export async function archiveAnswer(desk: ArchiveDesk): Promise<Archive> {
  const standing = await desk.archive.forwarder.standing();
  const { policy, receipts, grade } = desk.settings.release;
  const { bulk, bytesPerSecond, windows, zone, importantPercent } = desk.settings.archive.forwarding;
  return {
    targets: await Promise.all(standing.targets.map((target) => targetAnswer(desk, target))),
    line: {
      ...{ bulk, bytesPerSecond, zone, importantPercent },
      windows: windows.map((window) => ({ cron: window.cron, bytesPerSecond: window.bytesPerSecond })),
    },
    release: { policy, receipts, grade },
    feeds: await readFeeds(desk.archive),
    space: await spaceAnswer(desk),
    lastReceiptAt: standing.lastReceiptAt,
  };
}

async function targetAnswer(desk: ArchiveDesk, standing: TargetStanding): Promise<ArchiveTarget> {
  const { target: name, kind, state, since, paused, nextTryAt, lastReachedAt, lastError } = standing;
  const settings = targetSettings(desk, name);
  const report = await desk.archive.probes.latest(name);
  return {
    ...{ name, kind, state, since, paused, nextTryAt, lastReachedAt, lastError },
    waiting: standing.waiting,
    sending: standing.sending,
    dead: standing.dead,
    bytesPerSecond: standing.bytesPerSecond,
    limitBytesPerSecond: standing.limitBytesPerSecond,
    bulk: standing.bulk,
    misses: standing.misses,
    probe: report === null ? null : probeAnswer(report),
    isProbing: desk.probes.isUnderWay(name),
    isWormRequired: settings?.isWormRequired ?? false,
    counts: countsForRelease(settings, report),
    isEncrypted: (settings?.encryptTo.length ?? 0) > 0,
    signer: (settings?.receiptKeys.length ?? 0) > 0 ? 'archive' : 'gateway',
  };
}

/** As the release rule has it. */
function countsForRelease(
  settings: TargetSettings | undefined,
  report: ProbeReport | null,
): ArchiveTarget['counts'] {
  if (report !== null && !isSound(report)) return 'unsound';
  const isProven = report !== null && isWormProven(report);
  return settings?.isWormRequired === true && !isProven ? 'worm-not-proven' : 'yes';
}

export function probeAnswer(report: ProbeReport): ArchiveProbe {
  const { probeId, startedAt, endedAt, clockOffsetMs, results } = report;
  return {
    ...{ probeId, startedAt, endedAt, clockOffsetMs },
    isSound: isSound(report),
    isWormProven: isWormProven(report),
    results: results.map(({ check, outcome, detail }) => ({ check, outcome, detail })),
  };
}

async function spaceAnswer({ settings, index, storeRoom }: ArchiveDesk): Promise<ArchiveSpace> {
  const { reserveBytes, highWaterPercent, lowWaterPercent, keepLocalDays } = settings.store;
  const { freeBytes, totalBytes } = await storeRoom();
  const [clips] = await index.read(
    `SELECT count(*) FILTER (WHERE local_removed_at IS NULL AND state IN ('sealed', 'forwarded', 'receipted', 'released')) AS here,
       count(*) FILTER (WHERE local_removed_at IS NOT NULL) AS gone FROM clip`,
  );
  return {
    ...{ freeBytes, totalBytes, reserveBytes, highWaterPercent, lowWaterPercent, keepLocalDays },
    localClips: Number(clips?.here ?? 0),
    removedClips: Number(clips?.gone ?? 0),
  };
}

export function queueAnswer(entry: QueueEntry): ArchiveQueueEntry {
  const { clipId, target, state, clipName, sizeBytes, queuedAt, dueAt, isImportant, isMarked } = entry;
  const { recordedAt, demandedAt, heldBytes, attempts, notBefore, lastError } = entry;
  return {
    ...{ clipId, target, state, clipName, sizeBytes, queuedAt, dueAt, isImportant, isMarked },
    ...{ recordedAt, demandedAt, heldBytes, attempts, notBefore, lastError },
  };
}
