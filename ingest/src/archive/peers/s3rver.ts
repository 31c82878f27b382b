import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartedS3Peer } from './s3-peer.ts';

interface S3rverServer {
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}
const S3rverProgram = createRequire(import.meta.url)('s3rver') as new (
  options: Record<string, unknown>,
) => S3rverServer;

/**
 * s3rver: an S3 in a folder. It has no locks (501) and no list of parts (405), does not look at digests, and keeps the
 * framing of an aws-chunked body as if it were content.
 */
export class S3rver implements StartedS3Peer {
  readonly endpoint: string;
  /** The only key it knows. */
  readonly user = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  readonly #server: S3rverServer;
  readonly #folder: string;

  private constructor(server: S3rverServer, folder: string, port: number) {
    this.#server = server;
    this.#folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<S3rver> {
    const directory = await mkdtemp(join(tmpdir(), 'docket-s3rver-'));
    const server = new S3rverProgram({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory,
      vhostBuckets: false,
    });
    const { port } = await server.run();
    return new S3rver(server, directory, port);
  }

  async stop(): Promise<void> {
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
