import { type ArchiveOptions, directoryTarget, type TargetSettings } from '@docket/ingest';
import type { Config } from '../config/index.ts';

/** The archive side of a checked configuration, as ingest takes it. */
export function archiveOptions({ archive, release }: Pick<Config, 'archive' | 'release'>): ArchiveOptions {
  const { bytesPerSecond, windows, zone, importantPercent, ...forwarding } = archive.forwarding;
  return {
    targets: archiveTargets(archive),
    organisation: archive.organisation,
    receipts: { quorum: release.receipts, leastGrade: release.grade, isSm2On: archive.sm2 },
    forwarding: {
      ...forwarding,
      retryBaseMs: archive.retryBaseMs,
      retryMaxMs: archive.retryMaxMs,
      line: { bytesPerSecond, windows, zone, importantShare: importantPercent / 100 },
    },
  };
}

/** Every target that is configured. */
export function archiveTargets({
  name,
  directory,
  directories,
  s3,
  http,
}: Config['archive']): TargetSettings[] {
  const { path, ...embedded } = directory;
  return [
    ...(path === null ? [] : [directoryTarget(name, path, embedded)]),
    ...directories.map((settings): TargetSettings => ({ kind: 'directory', ...settings })),
    ...s3.map(
      ({ bucket, longBucket, secretAccessKey, secretAccessKeyFile, isPlainHttpAllowed, ...settings }) => ({
        kind: 's3' as const,
        ...settings,
        buckets: { ordinary: bucket, long: longBucket ?? bucket },
        secretAccessKey: secretAccessKey ?? '',
      }),
    ),
    ...http.map(({ token, tokenFile, isPlainHttpAllowed, ...settings }) => ({
      kind: 'http' as const,
      ...settings,
      token: token ?? '',
    })),
  ];
}
