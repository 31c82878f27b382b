import { table } from '../report/table.ts';
import type { Measurement } from './measure.ts';

/** The figures of all runs, and what Docket costs over each other at the same number of streams. */
export function liveReport(measurements: readonly Measurement[], machine: string, filmLine: string): string {
  const counts = [...new Set(measurements.map(({ streams }) => streams))];
  return [
    `Machine: ${machine}.`,
    filmLine,
    table(
      [
        'streams',
        'what',
        'CPU % of a core',
        'a stream',
        'µs a picture',
        'memory MiB (PSS)',
        'delay p50 ms',
        'p99 ms',
        'packets at viewers',
        'lost',
        'pictures sent',
        'recorded',
        'rest of the machine, % of a core',
      ],
      measurements.map(row),
    ),
    'Ratios of CPU a picture at the same number of streams:',
    table(['Docket over', ...counts.map(String)], ratioRows(measurements, counts)),
  ].join('\n\n');
}

function row(one: Measurement): string[] {
  return [
    String(one.streams),
    one.subject,
    one.cpuPercent.toFixed(1),
    (one.cpuPercent / one.streams).toFixed(2),
    one.cpuMicrosecondsPerPicture.toFixed(0),
    one.memoryMib.toFixed(0),
    one.delayMs?.p50.toFixed(2) ?? '–',
    one.delayMs?.p99.toFixed(1) ?? '–',
    one.delayMs === null ? '–' : String(one.packets),
    one.delayMs === null ? '–' : `${one.packetsLost} packets, ${one.picturesLost} pictures`,
    String(one.sentPictures),
    one.recordedPictures === null ? '–' : String(one.recordedPictures),
    one.othersPercent.toFixed(0),
  ];
}

const pairs: readonly (readonly [string, string])[] = [
  ['Docket, relay', 'ffmpeg -c copy, relay'],
  ['Docket, relay', 'gst-rtsp-server, relay'],
  ['Docket, relay and recording', 'ffmpeg -c copy, recording'],
  ['Docket, relay and recording', 'Docket, relay'],
  ['Docket, relay', 'Docket beside, relay'],
  ['Docket, relay and recording', 'Docket beside, relay and recording'],
];

function ratioRows(measurements: readonly Measurement[], counts: readonly number[]): string[][] {
  const cpuOf = (subject: string, streams: number) =>
    measurements.find((one) => one.subject === subject && one.streams === streams)?.cpuMicrosecondsPerPicture;
  const isMeasured = (name: string) => measurements.some(({ subject }) => subject === name);
  const measured = pairs.filter((pair) => pair.every(isMeasured));
  return measured.map(([docket, other]) => [
    `${docket} / ${other}`,
    ...counts.map((streams) => {
      const [ours, theirs] = [cpuOf(docket, streams), cpuOf(other, streams)];
      return ours === undefined || theirs === undefined ? '–' : (ours / theirs).toFixed(2);
    }),
  ]);
}
