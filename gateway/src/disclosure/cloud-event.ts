import type { DisclosureEvent } from '@docket/ingest';
import { CloudEvent } from 'cloudevents';

/** Media type of one event in structured JSON (CloudEvents 1.0, HTTP binding §3.2). */
export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

/**
 * An event as CloudEvents 1.0 in structured JSON. The same event always gives the same bytes; `replaces` names the event
 * whose place it takes, and `sequence` (extension) orders events of one dock.
 */
export function cloudEventOf(event: DisclosureEvent, dockName: string): Buffer {
  const { eventId, kind, subject, act, replaces, sequence, content, at } = event;
  const told = new CloudEvent({
    specversion: '1.0',
    id: eventId,
    source: `urn:docket:dock:${dockName}`,
    type: `docket.disclosure.${kind}.${act}`,
    subject,
    time: at,
    datacontenttype: 'application/json',
    dataschema: `urn:docket:schema:disclosure:${act === 'withdrawn' ? 'withdrawal' : kind}:1`,
    sequence: String(sequence).padStart(12, '0'),
    ...(replaces === null ? {} : { replaces }),
    data: content,
  });
  return Buffer.from(JSON.stringify(told.toJSON()));
}
