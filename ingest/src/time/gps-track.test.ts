import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readGpsTrack } from './gps-track.ts';

async function trackIn(content: string | Uint8Array) {
  const file = join(await temporaryFolder(), 'media');
  await writeFile(file, content);
  return readGpsTrack(file);
}

/** A sentence with its checksum (NMEA 0183: the exclusive or of all between `$` and `*`). */
function sentence(body: string): string {
  const checksum = [...body].reduce((sum, character) => sum ^ character.charCodeAt(0), 0);
  return `$${body}*${checksum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}

const rmc = (time: string, status = 'A', date = '221126') =>
  sentence(`GNRMC,${time},${status},3504.1234,N,11820.5678,E,0.5,84.4,${date},,,A`);

test('the first and the last valid RMC sentence', async () => {
  const log = [
    rmc('035800.00', 'V'),
    rmc('035910.00'),
    sentence('GPGGA,035910.00,3504.1234,N,11820.5678,E,1,08,0.9,545.4,M,46.9,M,,'),
    rmc('040000.00'),
    rmc('040358.00'),
    rmc('040500.00').replace('*', '1*'),
    'torn off in the middle $GNRMC,0406',
  ].join('');
  expect(await trackIn(log)).toEqual({
    firstFixAt: '2026-11-22T03:59:10.000Z',
    lastFixAt: '2026-11-22T04:03:58.000Z',
  });
});

test('the end of a long log, without reading its middle', async () => {
  const filler = '$GPGSV,noise\r\n'.repeat(100_000);
  expect(await trackIn(rmc('035910.00') + filler + rmc('040358.00'))).toMatchObject({
    lastFixAt: '2026-11-22T04:03:58.000Z',
  });
});

test('a receiver without almanac, decades off, is not believed', async () => {
  expect(await trackIn(rmc('035910.00', 'A', '070407'))).toBeNull();
});

test('the points of a GPX document, in whatever order', async () => {
  const point = (time: string) => `<trkpt lat="35.1" lon="118.3"><ele>50</ele><time>${time}</time></trkpt>`;
  const gpx = `<?xml version="1.0"?>\n<gpx version="1.1"><trk><trkseg>${point('2026-11-22T04:01:00Z')}${point('2026-11-22T03:59:10Z')}</trkseg><trkseg>${point('2026-11-22T12:03:58+08:00')}${point('2026-11-22T12:04:00')}</trkseg></trk></gpx>`;
  expect(await trackIn(gpx)).toEqual({
    firstFixAt: '2026-11-22T03:59:10.000Z',
    lastFixAt: '2026-11-22T04:03:58.000Z',
  });
});

test.each([
  ['nothing', ''],
  ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
  ['another log', 'battery 80\nbattery 79\n'],
  ['RMC without a position', rmc('035800.00', 'V').repeat(10_000)],
  ['a document without points', '<gpx><trk/></gpx>'],
  ['a broken document', '<gpx><trk><trkseg>'],
  [
    'entities that grow',
    `<!DOCTYPE g [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "&a;&a;&a;&a;">]><gpx><trk><trkseg><trkpt><time>&b;</time></trkpt></trkseg></trk></gpx>`,
  ],
  ['names of objects', '<gpx><__proto__><time>2026-11-22T04:01:00Z</time></__proto__></gpx>'],
  ['depth', '<gpx>'.repeat(20_000)],
])('no track: %s', async (_name, content) => {
  expect(await trackIn(content)).toBeNull();
});
