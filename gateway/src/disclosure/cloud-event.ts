import type { DisclosureEvent } from '@docket/ingest';
import { structuredEvent } from '../signed-push/cloud-event-form.ts';

/**
 * An event as CloudEvents 1.0 in structured JSON. The same event always gives the same bytes; `replaces` names the event
 * whose place it takes, and `sequence` (extension) orders events of one dock.
 */
export function cloudEventOf(event: DisclosureEvent, dockName: string): Buffer {
  const { eventId, kind, subject, act, replaces, sequence, content, at } = event;
  return structuredEvent({
    id: eventId,
    source: `urn:docket:dock:${dockName}`,
    type: `docket.disclosure.${kind}.${act}`,
    subject,
    time: at,
    dataschema: `urn:docket:schema:disclosure:${act === 'withdrawn' ? 'withdrawal' : kind}:1`,
    sequence,
    ...(replaces === null ? {} : { replaces }),
    data: content,
  });
}
