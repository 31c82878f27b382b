import type { Health } from '@docket/gateway/contract';

export type WarningLevel = 'attention' | 'failed';

export type HealthWarning =
  | { key: 'storeLow' | 'storeFull'; level: WarningLevel; freeBytes: number; percent: number }
  | { key: 'archiveError'; level: WarningLevel; detail: string }
  | { key: 'archiveSilent'; level: WarningLevel; waitingClips: number; lastReceiptAt: string | null }
  | {
      key: 'archiveTarget';
      level: WarningLevel;
      name: string;
      what: 'paused' | 'unreachable' | 'full' | 'denied' | 'failing' | 'unproven' | 'probe' | 'feed';
    }
  | { key: 'archiveClips'; level: WarningLevel; name: string; what: 'dead' | 'misses'; clips: number }
  | { key: 'liveAlarm'; level: WarningLevel }
  | { key: 'deadlines'; level: WarningLevel; dueSoon: number; missed: number }
  | { key: 'component'; level: WarningLevel; name: string; detail: string | null };

// A share alone would cry wolf on a large disk, a number of bytes alone would stay silent on a small one.
const lowShare = 0.15;
const lowBytes = 500e9;
const fullShare = 0.05;
const fullBytes = 100e9;
const silentAfterMs = 24 * 3_600_000;

function storeWarning(store: Health['store']): HealthWarning | undefined {
  const { freeBytes, totalBytes } = store;
  const share = totalBytes > 0 ? freeBytes / totalBytes : 0;
  const percent = Math.floor(share * 100);
  if (share < fullShare && freeBytes < fullBytes) {
    return { key: 'storeFull', level: 'failed', freeBytes, percent };
  }
  if (share < lowShare && freeBytes < lowBytes) {
    return { key: 'storeLow', level: 'attention', freeBytes, percent };
  }
  return undefined;
}

type ArchiveTarget = Health['archive']['targets'][number];

const toldStates = ['paused', 'unreachable', 'full', 'denied', 'failing', 'unproven'] as const;

/** What is wrong with one archive target, each thing once. */
function targetWarnings({
  name,
  state,
  deadClips,
  predictedMisses,
  isProbeFailed,
}: ArchiveTarget): HealthWarning[] {
  const told = toldStates.find((one) => one === state);
  const level = state === 'full' || state === 'denied' ? 'failed' : 'attention';
  return [
    ...(told === undefined ? [] : [{ key: 'archiveTarget', level, name, what: told } as const]),
    ...(isProbeFailed ? [{ key: 'archiveTarget', level: 'attention', name, what: 'probe' } as const] : []),
    ...(deadClips > 0
      ? [{ key: 'archiveClips', level: 'attention', name, what: 'dead', clips: deadClips } as const]
      : []),
    ...(predictedMisses > 0
      ? [{ key: 'archiveClips', level: 'attention', name, what: 'misses', clips: predictedMisses } as const]
      : []),
  ];
}

/** Everything that is wrong with the archive side; that nothing comes back is told only where no cause is. */
function archiveWarnings(health: Health): HealthWarning[] {
  const { targets, failedFeeds } = health.archive;
  const found = [
    ...targets.flatMap(targetWarnings),
    ...failedFeeds.map((name) => ({ key: 'archiveTarget', level: 'attention', name, what: 'feed' }) as const),
  ];
  if (found.length > 0) return found;
  const silence = archiveWarning(health);
  return silence === undefined ? [] : [silence];
}

function archiveWarning(health: Health): HealthWarning | undefined {
  const { archive } = health;
  if (archive.lastError !== null) {
    return { key: 'archiveError', level: 'attention', detail: archive.lastError };
  }
  const quietSince = archive.lastReceiptAt ?? health.startedAt;
  if (archive.waitingClips > 0 && Date.parse(health.now) - Date.parse(quietSince) > silentAfterMs) {
    return {
      key: 'archiveSilent',
      level: 'attention',
      waitingClips: archive.waitingClips,
      lastReceiptAt: archive.lastReceiptAt,
    };
  }
  return undefined;
}

function deadlineWarning({ deadlines }: Health): HealthWarning | undefined {
  const { dueSoon, missedLately } = deadlines;
  if (dueSoon === 0 && missedLately === 0) return undefined;
  return { key: 'deadlines', level: 'attention', dueSoon, missed: missedLately };
}

/** What IT and case handlers should hear of before it is too late, the worst first. */
export function healthWarnings(health: Health): HealthWarning[] {
  const warnings: HealthWarning[] = [];
  const store = storeWarning(health.store);
  if (store) warnings.push(store);
  const archive = archiveWarnings(health);
  warnings.push(...archive);
  // What is said above in the reader's words need not be said again in those of the log.
  const told = new Set([store && 'store', archive.length > 0 && 'archive']);
  for (const component of health.components) {
    if (component.state === 'ok' || told.has(component.name)) continue;
    const level = component.state === 'failed' ? 'failed' : 'attention';
    if (component.name === 'live') {
      warnings.push({ key: 'liveAlarm', level });
      continue;
    }
    warnings.push({ key: 'component', level, name: component.name, detail: component.detail });
  }
  const deadlines = deadlineWarning(health);
  if (deadlines) warnings.push(deadlines);
  return warnings.sort((left, right) => Number(right.level === 'failed') - Number(left.level === 'failed'));
}
