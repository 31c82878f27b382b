// Writes the parts of the documents that are made from code, between their markers, or with `--check` tells whether
// they still fit. Run on a built tree.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { modelsDocument } from '../device-protocol/dist/models/models-document.js';
import { configDocument } from '../gateway/dist/config/config-document.js';
import { recordFieldsDocument, termsDocument } from '../gateway/dist/inbound/record-fields-document.js';
import { statisticsDocument } from '../gateway/dist/statistics/statistics-document.js';
import { indexRecordSchemaFile } from '../ingest/dist/archive/records/index-record-schema.js';
import { presetsDocument } from '../ingest/dist/duties/presets/presets-document.js';
import {
  stateRulesDocument,
  workedCasesDocument,
} from '../ingest/dist/testing/worked-cases/worked-cases-document.js';

/** Each generated part: the document it stands in, the name in its markers, and what makes it. */
const parts = [
  { file: 'case-systems.md', name: 'terms', make: termsDocument },
  { file: 'case-systems.md', name: 'fields', make: recordFieldsDocument },
  { file: 'configuration.md', name: 'settings', make: configDocument },
  { file: 'recorders.md', name: 'models', make: modelsDocument },
  { file: 'coverage.md', name: 'states', make: stateRulesDocument },
  { file: 'coverage.md', name: 'cases', make: workedCasesDocument },
  { file: 'duty-lists.md', name: 'presets', make: presetsDocument },
  { file: 'statistics.md', name: 'measures', make: statisticsDocument },
];

/** Files that are made as a whole. */
const files = [{ file: 'schema/index-record-v1.schema.json', make: indexRecordSchemaFile }];

const isCheck = process.argv.includes('--check');
let stale = 0;

for (const { file, name, make } of parts) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const before = await readFile(path, 'utf8');
  const after = withPart(before, name, make());
  if (after === before) continue;
  stale += 1;
  if (isCheck) process.stderr.write(`docs/${file}: the part "${name}" is stale; run: npm run docs\n`);
  else await writeFile(path, after);
}

for (const { file, make } of files) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const before = await readFile(path, 'utf8').catch(() => null);
  const after = make();
  if (after === before) continue;
  stale += 1;
  if (isCheck) process.stderr.write(`docs/${file} is stale; run: npm run spec\n`);
  else await writeFile(path, after);
}

if (isCheck && stale > 0) process.exitCode = 1;

/** Replaces what stands between the markers of a part. Throws where they are missing. */
function withPart(text, name, part) {
  const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`no markers for the part "${name}"`);
  return `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`;
}
