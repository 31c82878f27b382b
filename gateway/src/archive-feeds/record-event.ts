import type { IndexRecord } from '@docket/ingest';
import { structuredEvent } from '../signed-push/cloud-event-form.ts';

/**
 * An index record as CloudEvents 1.0 in structured JSON: `id` is the hash of the record, `subject` the clip, `sequence` its
 * place in the chain of the dock. The same record always gives the same bytes.
 */
export function recordEvent({ sha256, clipId, at, sequence, body }: IndexRecord, dockName: string): Buffer {
  return structuredEvent({
    id: sha256,
    source: `urn:docket:dock:${dockName}`,
    type: 'docket.archive.index-record',
    subject: clipId,
    time: at,
    dataschema: 'urn:docket:schema:index-record:1',
    sequence,
    data: JSON.parse(body) as unknown,
  });
}
