import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type SignedRequest, signedHeaders } from './signatures.ts';
import type { SigningKey } from './signing-key.ts';

/** More of an answer than this is not read. */
const mostAnswerBytes = 64 * 1024;

export interface Door {
  key: SigningKey;
  /** PEM of the authorities whose certificates count, in place of those of the system; `null`: those of the system. */
  caFile: string | null;
  timeoutMs: number;
}

export interface PushAnswer {
  status: number;
  retryAfter: string | undefined;
}

/**
 * A POST signed by the dock. The certificate of the receiver is always checked; nothing is followed. Throws where no answer
 * comes.
 */
export async function signedPost(
  request: SignedRequest,
  { key, caFile, timeoutMs }: Door,
  signal: AbortSignal,
): Promise<PushAnswer> {
  const headers = await signedHeaders(request, key, new Date());
  const ca = caFile === null ? undefined : await readFile(caFile);
  return post(request.url, { headers, body: request.body, ca, signal, timeoutMs });
}

interface Post {
  headers: Record<string, string>;
  body: Buffer;
  ca: Buffer | undefined;
  signal: AbortSignal;
  timeoutMs: number;
}

function post(url: string, { headers, body, ca, signal, timeoutMs }: Post): Promise<PushAnswer> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const isTls = new URL(url).protocol === 'https:';
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, signal: ending, agent: false as const };
    const call = isTls
      ? httpsRequest(url, { ...options, ...(ca === undefined ? {} : { ca }), rejectUnauthorized: true })
      : httpRequest(url, options);
    call.on('error', reject);
    call.on('response', (response) => {
      const { statusCode = 0 } = response;
      const retryAfter = response.headers['retry-after'];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostAnswerBytes) call.destroy();
      });
      // The status is the answer; how its body ends changes nothing.
      response.on('error', () => resolve({ status: statusCode, retryAfter }));
      response.on('close', () => resolve({ status: statusCode, retryAfter }));
    });
    call.end(body);
  });
}
