/** A GPS log is a file from a stranger: any bytes give a track or none. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { readGpsTrack } from './gps-track.ts';

/** A sentence with its checksum (NMEA 0183: the exclusive or of all between `$` and `*`). */
function sentence(body: string): string {
  const checksum = [...body].reduce((sum, character) => sum ^ character.charCodeAt(0), 0);
  return `$${body}*${checksum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}

const field = fc.oneof(
  fc.constantFrom('A', 'V', '', '035800.00', '221126', '999999', '-1', '311226.9', '240000', 'N'),
  fc.string({ maxLength: 8 }),
);
const bodies = fc.array(field, { maxLength: 14 }).map((fields) => sentence(['GNRMC', ...fields].join(',')));
const lines = fc.array(fc.oneof(bodies, fc.string({ maxLength: 40 })), { maxLength: 8 });

test('GPS logs', { timeout: 0 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gps-'));
  const file = join(folder, 'media');
  try {
    await fc.assert(
      fc.asyncProperty(lines, async (all) => {
        await writeFile(file, all.join(''));
        const track = await readGpsTrack(file);
        if (track === null) return;
        for (const at of [track.firstFixAt, track.lastFixAt]) expect(Date.parse(at)).not.toBeNaN();
      }),
      { numRuns: fuzzRuns(200, 50) },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
