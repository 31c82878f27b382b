/**
 * Writes the generated parts of the protocol document and the CDDL file anew: `node dist/smp/write-spec.js`. With
 * `--check` it writes nothing and ends with 1 where one is stale.
 */
import { keepDocument, keepFile } from '../specification/document.ts';
import { describeSmp } from './describe.ts';
import { recorderCddl } from './describe-cddl.ts';

await keepDocument(new URL('../../spec/smp.md', import.meta.url), describeSmp());
await keepFile(new URL('../../spec/smp-recorder.cddl', import.meta.url), recorderCddl());
