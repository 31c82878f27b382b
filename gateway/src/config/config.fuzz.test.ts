/** A configuration file that somebody mistyped: it is read, or every fault in it is named; nothing else happens. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { ConfigError } from './config-fault.ts';
import { loadConfig } from './load-config.ts';

const sound = `dock: { name: dock-1 }
store:
  directory: ./store
archive:
  directory:
    path: ./archive
http:
  port: 8686
  tokens: []
slots:
  - { slot: 1-1.2, label: A1 }
`;
const splice = fc.record({
  at: fc.nat(),
  drop: fc.nat(12),
  add: fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('\n', '  ', ': ', '- ', '&a ', '*a', '!!js', '{', '"'),
  ),
});

test('mistyped configurations', { timeout: 0 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  const file = join(folder, 'docket.yaml');
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(splice, { maxLength: 4 }), async (changes) => {
        const text = changes.reduce((before, { at, drop, add }) => {
          const place = at % (before.length + 1);
          return before.slice(0, place) + add + before.slice(place + drop);
        }, sound);
        await writeFile(file, text);
        const loading = loadConfig({ file, environment: {}, assignments: [] });
        const error = await loading.then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) expect(error).toBeInstanceOf(ConfigError);
      }),
      { numRuns: fuzzRuns(100, 50) },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
