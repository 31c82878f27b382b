import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { DisclosureEvent, DisclosureOutcome } from '@docket/ingest';
import { cloudEventOf, cloudEventType } from './cloud-event.ts';
import { outcomeOf, type RetryTimes, waitMs } from './push-answer.ts';
import { signedHeaders } from './signatures.ts';
import type { SigningKey } from './signing-key.ts';

export interface HttpsWayOptions {
  dockName: string;
  url: string;
  /** PEM of the authorities whose certificates count, in place of those of the system; `null`: those of the system. */
  caFile: string | null;
  timeoutMs: number;
  retry: RetryTimes;
  key: SigningKey;
}

/** More of an answer than this is not read. */
const mostAnswerBytes = 64 * 1024;

/** Tells one event by a signed HTTPS POST. The certificate of the receiver is always checked; nothing is followed. */
export async function tellByHttps(
  event: DisclosureEvent,
  attempts: number,
  { dockName, url, caFile, timeoutMs, retry, key }: HttpsWayOptions,
  signal: AbortSignal,
): Promise<DisclosureOutcome> {
  const body = cloudEventOf(event, dockName);
  const now = new Date();
  const headers = await signedHeaders(
    { url, body, contentType: cloudEventType, eventId: event.eventId },
    key,
    now,
  );
  try {
    const ca = caFile === null ? undefined : await readFile(caFile);
    const answer = await post(url, { headers, body, ca, signal, timeoutMs });
    return outcomeOf(answer.status, answer.retryAfter, attempts, retry, new Date());
  } catch (error) {
    return {
      result: 'again',
      afterMs: waitMs(attempts, retry),
      status: null,
      error: error instanceof Error ? error.message : String(error),
    };
  }
}

interface Post {
  headers: Record<string, string>;
  body: Buffer;
  ca: Buffer | undefined;
  signal: AbortSignal;
  timeoutMs: number;
}

function post(
  url: string,
  { headers, body, ca, signal, timeoutMs }: Post,
): Promise<{ status: number; retryAfter: string | undefined }> {
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
