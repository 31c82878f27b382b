import { CloudEvent } from 'cloudevents';

/** Media type of one event in structured JSON (CloudEvents 1.0, HTTP binding §3.2). */
export const cloudEventType = 'application/cloudevents+json; charset=utf-8';
/** Of several, as a JSON array (CloudEvents 1.0, HTTP binding §3.3). */
export const cloudEventBatchType = 'application/cloudevents-batch+json; charset=utf-8';

/** What an event says, before it is written down. */
export interface EventToTell {
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  dataschema: string;
  /** Extension: orders the events of one source. */
  sequence: number;
  /** Extension: the event whose place it takes. */
  replaces?: string;
  data: unknown;
}

/** An event as CloudEvents 1.0 in structured JSON. The same event always gives the same bytes. */
export function structuredEvent({ sequence, ...event }: EventToTell): Buffer {
  const told = new CloudEvent({
    specversion: '1.0',
    datacontenttype: 'application/json',
    sequence: String(sequence).padStart(12, '0'),
    ...event,
  });
  return Buffer.from(JSON.stringify(told.toJSON()));
}

/** Several events, each as `structuredEvent` wrote it, as one batch. */
export function eventBatch(events: readonly Buffer[]): Buffer {
  return Buffer.from(`[${events.map((event) => event.toString()).join(',')}]`);
}
