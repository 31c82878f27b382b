import type { IngestOptions } from '@docket/ingest';
import type { Config } from './config/index.ts';

/** The configured policy of clocks, as ingest takes it. */
export function clockOptions(clock: Config['clock']): IngestOptions['clock'] {
  const { hostSource, assumedBoundMs, samples, set, driftMsPerDay, faultOffsetMs } = clock;
  return {
    host: { source: hostSource, assumedBoundMs },
    policy: { samples, set, limits: { driftMsPerDay, faultOffsetMs } },
  };
}
