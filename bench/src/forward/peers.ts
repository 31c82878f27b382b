import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { S3TargetSettings } from '@docket/ingest';
import type { ForwardOrder } from './forward-order.ts';

/** Where clips go, and by which way: the archive itself, or a line with faults before it. */
export interface Destination {
  endpoint: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** A folder of clips, and for Docket the store they were taken into. */
export interface Source {
  folder: string;
  store: string;
  /** For lists, configurations and orders. */
  notes: string;
}

export interface ForwardPeer {
  readonly name: string;
  /** What stands at the end, so that figures are read beside what they buy. */
  readonly end: string;
  readonly tool: readonly string[];
  /** Whether it forwards into a bucket that locks, and finds by itself what goes first. */
  readonly isLocked: boolean;
  readonly knowsImportant: boolean;
  command(
    source: Source,
    destination: Destination,
    late?: ForwardOrder['late'],
  ): Promise<{
    command: readonly string[];
    environment: Record<string, string>;
  }>;
}

export const partBytes = 8 * 1024 * 1024;
export const parallelParts = 4;

function targetSettings(destination: Destination, change: Partial<S3TargetSettings>): S3TargetSettings {
  return {
    kind: 's3',
    name: 'bench',
    endpoint: destination.endpoint,
    region: 'us-east-1',
    dialect: 'ceph',
    buckets: { ordinary: destination.bucket, long: destination.bucket },
    isPathStyle: true,
    accessKeyId: destination.accessKeyId,
    secretAccessKey: destination.secretAccessKey,
    sessionToken: null,
    retention: 'compliance',
    verify: 'readback',
    partBytes,
    parallelParts,
    caFile: null,
    idleTimeoutMs: 60_000,
    encryptTo: [],
    bytesPerSecond: null,
    receiptKeys: [],
    isWormRequired: true,
    ...change,
  };
}

function docketPeer(name: string, end: string, change: Partial<S3TargetSettings>): ForwardPeer {
  return {
    name,
    end,
    tool: [process.execPath, '--version'],
    isLocked: true,
    knowsImportant: true,
    command: async (source, destination, late = null) => {
      const order: ForwardOrder = {
        store: source.store,
        target: targetSettings(destination, change),
        late,
      };
      const file = join(source.notes, 'order.json');
      await writeFile(file, JSON.stringify(order));
      const program = fileURLToPath(new URL('forward-clips.js', import.meta.url));
      return { command: [process.execPath, program, file], environment: {} };
    },
  };
}

const credentials = ({ accessKeyId, secretAccessKey }: Destination) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
});

const docket = docketPeer(
  'Docket',
  'locked, lock read back, all bytes read back, receipt signed and kept',
  {},
);

const docketParts = docketPeer(
  'Docket, not read back',
  'locked, every part’s digest named by the server; no release',
  {
    verify: 'parts',
  },
);

const rclone: ForwardPeer = {
  name: 'rclone copy',
  end: 'stored, MD5 compared',
  tool: ['rclone', 'version'],
  isLocked: false,
  knowsImportant: false,
  command: async ({ folder }, destination) => ({
    command: [
      'rclone',
      '--config',
      '/dev/null',
      '--quiet',
      'copy',
      folder,
      `:s3:${destination.bucket}`,
      '--s3-provider=Ceph',
      `--s3-endpoint=${destination.endpoint}`,
      `--s3-access-key-id=${destination.accessKeyId}`,
      `--s3-secret-access-key=${destination.secretAccessKey}`,
      '--s3-no-check-bucket',
      `--s3-chunk-size=${partBytes / 1024}k`,
      `--s3-upload-concurrency=${parallelParts}`,
      '--s3-upload-cutoff=0',
      '--transfers=1',
    ],
    // Set, it makes this rclone stop at once.
    environment: { AWS_CA_BUNDLE: '' },
  }),
};

const aws: ForwardPeer = {
  name: 'aws s3 cp',
  end: 'stored',
  tool: ['/usr/bin/aws', '--version'],
  isLocked: false,
  knowsImportant: false,
  command: async ({ folder, notes }, destination) => {
    const config = join(notes, 'aws-config');
    await writeFile(
      config,
      `[default]\ns3 =\n  multipart_chunksize = ${partBytes}\n  multipart_threshold = ${partBytes}\n  max_concurrent_requests = ${parallelParts}\n`,
    );
    return {
      command: [
        '/usr/bin/aws',
        '--endpoint-url',
        destination.endpoint,
        's3',
        'cp',
        '--recursive',
        '--only-show-errors',
        folder,
        `s3://${destination.bucket}/aws/`,
      ],
      environment: { ...credentials(destination), AWS_CONFIG_FILE: config },
    };
  },
};

const sdk: ForwardPeer = {
  name: 'AWS SDK, lib-storage',
  end: 'stored',
  tool: [process.execPath, '--version'],
  isLocked: false,
  knowsImportant: false,
  command: async ({ folder }, destination) => ({
    command: [
      process.execPath,
      fileURLToPath(new URL('sdk-upload.js', import.meta.url)),
      folder,
      destination.endpoint,
      destination.bucket,
    ],
    environment: credentials(destination),
  }),
};

export const forwardPeers: readonly ForwardPeer[] = [docket, docketParts, rclone, aws, sdk];
