import { setTimeout as delay } from 'node:timers/promises';
import {
  type HostClock,
  type Ingest,
  isSynchronised,
  type LiveAlarm,
  type ReleasePolicy,
} from '@docket/ingest';
import { archiveHealth, archiveInHealth } from './archive/archive-health.ts';
import { readFeeds } from './archive/read-feeds.ts';
import type { Health } from './contract/index.ts';
import type { EventHub } from './http/index.ts';

export interface HealthSources {
  ingest: Ingest;
  version: string;
  startedAt: Date;
  releasePolicy: ReleasePolicy;
  reserveBytes: number;
}

/** A store with less than this share free is told about before it is full. */
const lowShare = 0.1;

/** How the gateway stands right now. */
export async function gatewayHealth(sources: HealthSources): Promise<Health> {
  const { ingest } = sources;
  const room = await ingest.storeRoom();
  const standing = await ingest.archive.forwarder.standing();
  const feeds = await readFeeds(ingest.archive);
  const [clips] = await ingest.database.read(
    'SELECT (SELECT count(*) FROM clip) AS clips, (SELECT count(*) FROM clip WHERE quarantine_reason IS NOT NULL) AS quarantined',
  );
  const components: Health['components'] = [
    storeHealth(room, sources.reserveBytes),
    archiveHealth(standing, feeds),
    clockHealth(await ingest.hostClock.read(new AbortController().signal)),
    liveHealth(await ingest.caseWork.liveAlarms.grave()),
  ];
  const state = worst(components.map((component) => component.state));
  return {
    state,
    version: sources.version,
    startedAt: sources.startedAt.toISOString(),
    now: new Date().toISOString(),
    store: {
      freeBytes: room.freeBytes,
      totalBytes: room.totalBytes,
      clips: Number(clips?.clips ?? 0),
      quarantined: Number(clips?.quarantined ?? 0),
    },
    archive: archiveInHealth(standing, feeds),
    deadlines: await ingest.caseWork.deadlines.pressing(),
    releasePolicy: sources.releasePolicy,
    components,
  };
}

/** Between two looks at how the gateway stands. */
const healthLookMs = 5_000;

/** Tells whoever listens when the state of the gateway changes, until the signal aborts. */
export async function tellHealth(
  health: () => Promise<Health>,
  events: EventHub,
  signal: AbortSignal,
): Promise<void> {
  let told: State | null = null;
  while (!signal.aborted) {
    const { state } = await health();
    if (state !== told) events.publish({ type: 'health', state });
    told = state;
    await delay(healthLookMs, undefined, { signal }).catch(() => {});
  }
}

type State = Health['state'];

function storeHealth(
  room: { freeBytes: number; totalBytes: number },
  reserveBytes: number,
): Health['components'][number] {
  const usable = room.freeBytes - reserveBytes;
  const state: State = usable <= 0 ? 'failed' : usable < room.totalBytes * lowShare ? 'degraded' : 'ok';
  return {
    name: 'store',
    state,
    detail: state === 'ok' ? null : `${room.freeBytes} of ${room.totalBytes} bytes free`,
  };
}

/** Without a right clock of its own the dock goes on taking clips, but it corrects no time and sets no recorder. */
function clockHealth(host: HostClock): Health['components'][number] {
  const detail = host.boundMs === null ? `${host.source}: ${host.state}` : null;
  return { name: 'clock', state: isSynchronised(host) ? 'ok' : 'degraded', detail };
}

/** Footage of a live stream is being lost, or was and nobody has looked: the dock is not well until somebody has. */
function liveHealth(alarms: readonly LiveAlarm[]): Health['components'][number] {
  const [newest] = alarms;
  if (newest === undefined) return { name: 'live', state: 'ok', detail: null };
  const about = [newest.recorderId, newest.detail].filter(Boolean).join(': ');
  const more = alarms.length > 1 ? ` (+${alarms.length - 1})` : '';
  return { name: 'live', state: 'degraded', detail: `${newest.kind} ${about}${more}` };
}

function worst(states: readonly State[]): State {
  return (['failed', 'degraded'] as const).find((state) => states.includes(state)) ?? 'ok';
}
