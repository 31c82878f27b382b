import type { ArchiveStanding, TargetStanding } from '@docket/ingest';
import type { ArchiveFeed, Health } from '../contract/index.ts';

type Component = Health['components'][number];

/** What of each target an operator must look at. */
const troubles: { state: Component['state']; tell(target: TargetStanding): string | null }[] = [
  {
    state: 'failed',
    tell: ({ state, lastError }) =>
      state === 'denied' || state === 'full' || (state === 'failing' && lastError?.needsPeople === true)
        ? `${state}${reason(lastError)}`
        : null,
  },
  {
    state: 'degraded',
    tell: ({ state, lastError }) =>
      state === 'unreachable' || (state === 'failing' && lastError?.needsPeople !== true)
        ? `${state}${reason(lastError)}`
        : null,
  },
  {
    state: 'degraded',
    tell: ({ paused }) => (paused === null ? null : `paused by ${paused.by} since ${paused.at}`),
  },
  {
    state: 'degraded',
    tell: ({ state }) => (state === 'unproven' ? 'its WORM is not proven: docket archive probe' : null),
  },
  {
    state: 'degraded',
    tell: ({ probe }) => (probe?.isSound === false ? `its probe of ${probe.at} failed` : null),
  },
  {
    state: 'degraded',
    tell: ({ dead }) => (dead.clips === 0 ? null : `${dead.clips} clips given up: docket archive retry`),
  },
  {
    state: 'degraded',
    tell: ({ misses }) =>
      misses === null || misses.clips === 0
        ? null
        : `${misses.clips} clips will miss their deadline${misses.first === null ? '' : `, the first at ${misses.first.dueAt}`}`,
  },
];

/** How the archive side stands, with what an operator can act on: which target, what it said, and the command. */
export function archiveHealth({ targets }: ArchiveStanding, feeds: readonly ArchiveFeed[]): Component {
  const found = [
    ...targets.flatMap((target) =>
      troubles.flatMap(({ state, tell }) => {
        const told = tell(target);
        return told === null ? [] : [{ state, detail: `${target.target}: ${told}` }];
      }),
    ),
    ...failedFeeds(targets, feeds).map(({ name, lastError, waitingRecords }) => ({
      state: 'degraded' as const,
      detail: `feed ${name}: ${lastError} (${waitingRecords} records wait)`,
    })),
  ];
  if (found.length === 0) return { name: 'archive', state: 'ok', detail: null };
  const state = found.some((one) => one.state === 'failed') ? 'failed' : 'degraded';
  return { name: 'archive', state, detail: found.map(({ detail }) => detail).join('; ') };
}

/** The same for the screens, which have words of their own. */
export function archiveInHealth(
  { targets, lastReceiptAt }: ArchiveStanding,
  feeds: readonly ArchiveFeed[],
): Health['archive'] {
  const waiting = targets.map(({ waiting: { important, bulk } }) => ({
    clips: important.clips + bulk.clips,
    bytes: important.bytes + bulk.bytes,
  }));
  return {
    target: targets.map(({ target }) => target).join(', '),
    // Of the target that is furthest behind: a clip that waits for two is one clip.
    waitingClips: Math.max(0, ...waiting.map(({ clips }) => clips)),
    waitingBytes: Math.max(0, ...waiting.map(({ bytes }) => bytes)),
    lastReceiptAt,
    lastError: targets.find(({ lastError }) => lastError !== null)?.lastError?.message ?? null,
    targets: targets.map(({ target, state, since, dead, misses, probe }) => ({
      name: target,
      ...{ state, since },
      deadClips: dead.clips,
      predictedMisses: misses?.clips ?? 0,
      isProbeFailed: probe?.isSound === false,
    })),
    failedFeeds: failedFeeds(targets, feeds).map(({ name }) => name),
  };
}

const fineStates: readonly TargetStanding['state'][] = ['working', 'idle', 'waiting'];

/** A target that is in trouble takes no records either: that is told once. */
function failedFeeds(targets: readonly TargetStanding[], feeds: readonly ArchiveFeed[]): ArchiveFeed[] {
  const troubled = targets.filter(({ state }) => !fineStates.includes(state));
  const told = new Set(troubled.map(({ target }) => `target:${target}`));
  return feeds.filter(({ name, lastError }) => lastError !== null && !told.has(name));
}

function reason(lastError: TargetStanding['lastError']): string {
  return lastError === null ? '' : ` (${lastError.message})`;
}
