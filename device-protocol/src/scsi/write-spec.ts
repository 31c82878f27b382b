/**
 * Writes the generated parts of the protocol document anew: `node dist/scsi/write-spec.js`. With `--check` it writes
 * nothing and ends with 1 where the document is stale.
 */
import { keepDocument } from '../specification/document.ts';
import { describeScsi } from './describe.ts';

await keepDocument(new URL('../../spec/scsi.md', import.meta.url), describeScsi());
