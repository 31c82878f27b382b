import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Checksum, SourceData } from '@smithy/types';

/** SHA-256 over the few words of a request, never over footage. */
class RequestSha256 implements Checksum {
  readonly #key: Buffer | null;
  #hash;

  constructor(secret?: SourceData) {
    this.#key = secret === undefined ? null : bytesOf(secret);
    this.#hash = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin() {
    return this.#key === null ? createHash('sha256') : createHmac('sha256', this.#key);
  }
}

function bytesOf(data: SourceData): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}

export interface SignerOptions {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | null;
}

/** A request in the form it is signed in: the path is escaped, the query is not. */
export interface SignableRequest {
  method: string;
  host: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

/** Signs requests with AWS Signature Version 4; the digest of the payload stands in their `x-amz-content-sha256`. */
export class S3Signer {
  readonly #signature: SignatureV4;

  constructor({ region, accessKeyId, secretAccessKey, sessionToken }: SignerOptions) {
    this.#signature = new SignatureV4({
      service: 's3',
      region,
      credentials: {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === null ? {} : { sessionToken }),
      },
      sha256: RequestSha256,
      // S3 alone signs the path as it stands in the request.
      uriEscapePath: false,
      applyChecksum: false,
    });
  }

  /** The headers to send, signed as of `at`. */
  async sign(request: SignableRequest, at: Date): Promise<Record<string, string>> {
    const { host, method, path, query, headers } = request;
    const signed = await this.#signature.sign(
      { method, protocol: 'https:', hostname: host, path, query, headers: { ...headers, host } },
      { signingDate: at },
    );
    return signed.headers;
  }
}
