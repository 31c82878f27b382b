import type { IngestOptions } from '@docket/ingest';
import type { Config } from './config/index.ts';

/** The configured policy of clocks, as ingest takes it. */
export function clockOptions(clock: Config['clock']): IngestOptions['clock'] {
  const { driftMsPerDay, faultOffsetMs, conflictMs, nameSlackMs } = clock;
  const limits = { driftMsPerDay, faultOffsetMs };
  return {
    host: { source: clock.hostSource, assumedBoundMs: clock.assumedBoundMs },
    policy: { samples: clock.samples, set: clock.set, limits },
    clips: { limits: { ...limits, conflictMs, nameSlackMs }, assumedZone: clock.assumedZone },
  };
}
