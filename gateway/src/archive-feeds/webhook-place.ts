import { ArchiveRefusal, type FeedCursor, type IndexRecord, type RecordPlace } from '@docket/ingest';
import { cloudEventBatchType, cloudEventType, eventBatch } from '../signed-push/cloud-event-form.ts';
import { askedWaitMs } from '../signed-push/push-answer.ts';
import { type Door, type PushAnswer, signedPost } from '../signed-push/signed-post.ts';
import { recordEvent } from './record-event.ts';

export interface WebhookOptions extends Door {
  url: string;
  mostInBatch: number;
  dockName: string;
  retry: RecordPlace['retry'];
}

/**
 * Index records posted over HTTPS with a signature of the dock, in batches where the receiver takes them. A 2xx stands for
 * all of a request, and so does a 409: it has them already. Anything else is tried again, under the same ids.
 */
export class WebhookPlace implements RecordPlace {
  readonly feed = 'webhook';
  readonly destination: string;
  readonly mostAtOnce: number;
  readonly retry: RecordPlace['retry'];
  readonly #options: WebhookOptions;
  /** Shrinks where the receiver takes no batches, or none as long. */
  #inOneRequest: number;

  constructor(options: WebhookOptions) {
    const { origin, pathname } = new URL(options.url);
    this.destination = `${origin}${pathname}`;
    this.mostAtOnce = options.mostInBatch;
    this.retry = options.retry;
    this.#options = options;
    this.#inOneRequest = options.mostInBatch;
  }

  async deliver(
    records: readonly IndexRecord[],
    cursor: FeedCursor,
    signal: AbortSignal,
  ): Promise<FeedCursor> {
    const told = records.slice(0, this.#inOneRequest);
    const answer = await this.#post(told, signal);
    if (told.length > 1 && (answer.status === 415 || answer.status === 413)) {
      this.#inOneRequest = answer.status === 415 ? 1 : Math.ceil(told.length / 2);
      return this.deliver(records, cursor, signal);
    }
    if (!isTaken(answer.status)) throw refusalOf(answer);
    return { ...cursor, nextSequence: cursor.nextSequence + told.length };
  }

  async #post(records: readonly IndexRecord[], signal: AbortSignal): Promise<PushAnswer> {
    const { url, dockName, ...door } = this.#options;
    const events = records.map((record) => recordEvent(record, dockName));
    const [first] = events;
    if (first === undefined) throw new RangeError('nothing to tell');
    const isBatch = events.length > 1;
    const request = {
      url,
      body: isBatch ? eventBatch(events) : first,
      contentType: isBatch ? cloudEventBatchType : cloudEventType,
      eventId: records.at(-1)?.sha256 ?? '',
      tag: 'docket-archive',
    };
    try {
      return await signedPost(request, door, signal);
    } catch (error) {
      throw new ArchiveRefusal('unreachable', `the webhook gave no answer: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

function isTaken(status: number): boolean {
  return (status >= 200 && status < 300) || status === 409;
}

function refusalOf({ status, retryAfter }: PushAnswer): ArchiveRefusal {
  const retryAfterMs = askedWaitMs(retryAfter, new Date());
  const more = { status, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  return new ArchiveRefusal(codeOf(status), `the webhook answered ${status}`, more);
}

function codeOf(status: number): ConstructorParameters<typeof ArchiveRefusal>[0] {
  if (status === 429 || status === 503) return 'busy';
  if (status === 401 || status === 403) return 'denied';
  return status >= 400 && status < 500 ? 'malformed' : 'failed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
