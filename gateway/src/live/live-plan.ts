import { type LiveFeed, openRtspFeed } from '@docket/device-protocol/live';
import type { LiveSource, LiveSources, Operations } from '@docket/ingest';
import type { LivePlan, PullSource } from './supervisor/live-supervisor.ts';

interface PlanSources {
  sources: LiveSources;
  operations: Operations;
  silenceMs: number;
}

const connectTimeoutMs = 10_000;

/** What should be going on: registered sources that are switched on, and the parts recorders take in operations now. */
export async function readLivePlan({ sources, operations, silenceMs }: PlanSources): Promise<LivePlan> {
  const parts = await operations.recordersNow();
  const enabled = sources.list().filter(({ isEnabled }) => isEnabled);
  return {
    pushing: new Set(enabled.filter(({ way }) => way !== 'pull-rtsp').map(({ recorderId }) => recorderId)),
    pulled: new Map(
      enabled.flatMap((source) =>
        source.way === 'pull-rtsp' ? [[source.recorderId, pullSource(source, silenceMs)] as const] : [],
      ),
    ),
    operations: new Map(parts.map(({ recorderId, operationId }) => [recorderId, operationId])),
  };
}

function pullSource(source: LiveSource & { way: 'pull-rtsp' }, silenceMs: number): PullSource {
  const { recorderId, version, isAlwaysPulled, url, userName, secret } = source;
  return {
    recorderId,
    version,
    isAlwaysPulled,
    open: (signal: AbortSignal): Promise<LiveFeed> =>
      openRtspFeed({
        url,
        credentials: userName === '' ? null : { userName, password: secret },
        transports: ['tcp', 'udp'],
        silenceMs,
        connectTimeoutMs,
        signal,
      }),
  };
}
