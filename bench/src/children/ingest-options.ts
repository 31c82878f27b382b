import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { directoryTarget, type IngestOptions, usualStoreSpace } from '@docket/ingest';

/** A dock under measurement: nothing kept free, nothing released, an archive folder that nothing is forwarded to. */
export function ingestOptions(storeDirectory: string, change: Partial<IngestOptions> = {}): IngestOptions {
  return {
    dockName: 'bench',
    storeDirectory,
    space: { ...usualStoreSpace, reserveBytes: 0 },
    hashWorkers: availableParallelism(),
    stallTimeoutMs: 60_000,
    compareDeviceHash: true,
    clock: {
      host: { source: 'assume-synchronised', assumedBoundMs: 10 },
      policy: {
        samples: 1,
        set: 'when-host-synchronised',
        limits: { driftMsPerDay: 3000, faultOffsetMs: 5000 },
      },
      clips: {
        limits: { driftMsPerDay: 3000, faultOffsetMs: 5000, conflictMs: 5000, nameSlackMs: 2000 },
        assumedZone: 'Asia/Shanghai',
      },
    },
    archive: { targets: [directoryTarget('none', join(storeDirectory, 'archive'))] },
    releasePolicy: 'never',
    onClip: () => {},
    onStatus: () => {},
    onForwardError: () => {},
    onReckonError: () => {},
    onDeletionError: () => {},
    ...change,
  };
}
