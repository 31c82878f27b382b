import { type FauxqsServer, startFauxqs } from 'fauxqs';
import type { StartedS3Peer } from './s3-peer.ts';

/**
 * fauxqs: an S3 in memory for tests of others. It answers 200 to locks, wrong digests and wrong signatures, and deletes
 * whatever it is told to.
 */
export class Fauxqs implements StartedS3Peer {
  readonly user = { accessKeyId: 'docket', secretAccessKey: 'docket-secret' };
  readonly #server: FauxqsServer;

  private constructor(server: FauxqsServer) {
    this.#server = server;
  }

  static async start(): Promise<Fauxqs> {
    return new Fauxqs(await startFauxqs({ port: 0, host: '127.0.0.1', logger: false }));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }
}
