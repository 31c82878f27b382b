/**
 * Writes the generated parts of the protocol document anew: `node dist/mtp/write-spec.js`. With `--check` it writes
 * nothing and ends with 1 where the document is stale.
 */
import { keepDocument } from '../specification/document.ts';
import { describeMtp } from './describe.ts';

await keepDocument(new URL('../../spec/mtp.md', import.meta.url), describeMtp());
