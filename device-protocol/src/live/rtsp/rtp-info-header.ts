/** Of one track: what its first packet after PLAY carries (RFC 2326 §12.33). */
export interface RtpInfo {
  url: string;
  sequenceNumber: number | null;
  rtpTimestamp: number | null;
}

const mostTracks = 16;

/** Entries without a URL are left out. */
export function parseRtpInfo(value: string): RtpInfo[] {
  return value.split(',', mostTracks).flatMap((entry) => {
    const told = new Map(entry.split(';', 8).map(parameter));
    const url = told.get('url');
    if (url === undefined || url === '') return [];
    return [
      {
        url,
        sequenceNumber: numberOf(told.get('seq'), 0xffff),
        rtpTimestamp: numberOf(told.get('rtptime'), 0xffffffff),
      },
    ];
  });
}

export function encodeRtpInfo(tracks: readonly RtpInfo[]): string {
  return tracks
    .map(({ url, sequenceNumber, rtpTimestamp }) =>
      [
        `url=${url}`,
        ...(sequenceNumber === null ? [] : [`seq=${sequenceNumber}`]),
        ...(rtpTimestamp === null ? [] : [`rtptime=${rtpTimestamp}`]),
      ].join(';'),
    )
    .join(',');
}

function parameter(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  return [text.slice(0, Math.max(0, equals)).trim().toLowerCase(), text.slice(equals + 1).trim()];
}

function numberOf(text: string | undefined, most: number): number | null {
  if (!/^\d{1,10}$/u.test(text ?? '')) return null;
  const value = Number(text);
  return value <= most ? value : null;
}
