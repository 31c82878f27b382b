import { join } from 'node:path';
import { directoryTarget, Ingest, type IngestOptions, usualStoreSpace } from '@docket/ingest';

/** The part of a dock below the gateway, in a folder of its own with one archive beside it: `store` and `archive`. */
export function openTestIngest(folder: string, change: Partial<IngestOptions> = {}): Promise<Ingest> {
  const limits = { driftMsPerDay: 3_000, faultOffsetMs: 5_000 };
  return Ingest.open({
    dockName: 'dock-1',
    storeDirectory: join(folder, 'store'),
    space: { ...usualStoreSpace, reserveBytes: 0 },
    hashWorkers: 1,
    stallTimeoutMs: 20_000,
    compareDeviceHash: true,
    clock: {
      host: { source: 'assume-synchronised', assumedBoundMs: 10 },
      policy: { samples: 1, set: 'never', limits },
      clips: { limits: { ...limits, conflictMs: 5_000, nameSlackMs: 2_000 }, assumedZone: 'Asia/Shanghai' },
    },
    archive: testArchive(folder),
    releasePolicy: 'never',
    onClip: () => {},
    onStatus: () => {},
    onForwardError: () => {},
    onReckonError: () => {},
    onDeletionError: () => {},
    ...change,
  });
}

/** The archive of such a dock: it fails seldom, and is asked again at once. */
export function testArchive(folder: string): IngestOptions['archive'] {
  return {
    targets: [directoryTarget('main', join(folder, 'archive'))],
    forwarding: { retryBaseMs: 1, retryMaxMs: 1 },
  };
}
