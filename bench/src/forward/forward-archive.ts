import type { Ceph } from '@docket/ingest/archive-peers';
import { runCommand } from '../run-command.ts';
import type { Destination } from './peers.ts';

/** The archive all peers forward to. Each run gets a bucket of its own: nothing finds its content there already. */
export class ForwardArchive {
  readonly #ceph: Ceph;
  #buckets = 0;

  constructor(ceph: Ceph) {
    this.#ceph = ceph;
  }

  get endpoint(): string {
    return this.#ceph.endpoint;
  }

  /** A new bucket, reached by this address; a locked one locks every object for a day. */
  async destination(endpoint: string, isLocked: boolean): Promise<Destination> {
    this.#buckets += 1;
    const bucket = `bench-${this.#buckets}`;
    await this.#ceph.makeBucket(bucket, isLocked ? 1 : null);
    return { endpoint, bucket, ...this.#ceph.user };
  }

  /** Uploads begun there and neither completed nor given up, as another client counts them. */
  async orphans({ bucket, accessKeyId, secretAccessKey }: Destination): Promise<number> {
    const printed = await runCommand([
      'env',
      '-u',
      'AWS_CA_BUNDLE',
      `AWS_ACCESS_KEY_ID=${accessKeyId}`,
      `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
      'AWS_DEFAULT_REGION=us-east-1',
      'AWS_EC2_METADATA_DISABLED=true',
      '/usr/bin/aws',
      '--endpoint-url',
      this.endpoint,
      '--output',
      'json',
      's3api',
      'list-multipart-uploads',
      '--bucket',
      bucket,
    ]);
    const answer: { Uploads?: unknown[] } = printed.trim() === '' ? {} : JSON.parse(printed);
    return answer.Uploads?.length ?? 0;
  }
}
