import type { DisclosureEvent, DisclosureOutcome } from '@docket/ingest';
import { cloudEventType } from '../signed-push/cloud-event-form.ts';
import { outcomeOf, type RetryTimes, waitMs } from '../signed-push/push-answer.ts';
import { type Door, signedPost } from '../signed-push/signed-post.ts';
import { cloudEventOf } from './cloud-event.ts';

export interface HttpsWayOptions extends Door {
  dockName: string;
  url: string;
  retry: RetryTimes;
}

/** Tells one event by a signed HTTPS POST. The certificate of the receiver is always checked; nothing is followed. */
export async function tellByHttps(
  event: DisclosureEvent,
  attempts: number,
  { dockName, url, retry, ...door }: HttpsWayOptions,
  signal: AbortSignal,
): Promise<DisclosureOutcome> {
  const body = cloudEventOf(event, dockName);
  const request = {
    url,
    body,
    contentType: cloudEventType,
    eventId: event.eventId,
    tag: 'docket-disclosure',
  };
  try {
    const answer = await signedPost(request, door, signal);
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
