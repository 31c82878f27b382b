import { write } from 'sdp-transform';
import type { LiveDescription, LiveTrack } from '../live-track.ts';
import type { TrackFormat } from '../track-format.ts';

export interface RelayedDescriptionOptions {
  /** Shown by players. */
  sessionName: string;
  /** Of this machine as the viewer reaches it, IPv4 or IPv6. */
  address: string;
  /** What was learnt from the stream, by the track's index: stands in for parameter sets that the sender did not tell. */
  formats?: ReadonlyMap<number, TrackFormat>;
}

/** The control attribute that viewers are told for a track. */
export function relayedControl(track: LiveTrack): string {
  return `trackID=${track.index}`;
}

/** What viewers are told (RFC 4566): the tracks that are carried, with their formats, under our own control attributes. */
export function relayedDescription(description: LiveDescription, options: RelayedDescriptionOptions): string {
  const ipVer = options.address.includes(':') ? 6 : 4;
  const address = oneWord(options.address);
  return write({
    version: 0,
    origin: { username: '-', sessionId: '0', sessionVersion: 0, netType: 'IN', ipVer, address },
    name: oneLine(options.sessionName) || '-',
    connection: { version: ipVer, ip: ipVer === 6 ? '::' : '0.0.0.0' },
    timing: { start: 0, stop: 0 },
    ...{ control: '*' },
    media: description.tracks.map((track) => ({
      type: track.kind,
      port: 0,
      protocol: 'RTP/AVP',
      payloads: String(track.payloadType),
      rtp: [rtpmap(track)],
      fmtp: fmtp(track, options.formats?.get(track.index)),
      ...{ control: relayedControl(track) },
    })),
  });
}

function rtpmap(track: LiveTrack) {
  const line = { payload: track.payloadType, codec: oneWord(track.encodingName), rate: track.clockRateHz };
  return track.channels === null ? line : { ...line, encoding: track.channels };
}

function fmtp(track: LiveTrack, format: TrackFormat | undefined) {
  const parameters = new Map([...learntParameters(track, format), ...track.formatParameters]);
  if (parameters.size === 0) return [];
  const config = [...parameters]
    .map(([name, value]) => oneLine(value === '' ? name : `${name}=${value}`))
    .join(';');
  return [{ payload: track.payloadType, config }];
}

function learntParameters(track: LiveTrack, format: TrackFormat | undefined): [string, string][] {
  if (format?.kind !== 'video' || format.codec !== track.codec) return [];
  const coded = (sets: readonly Buffer[]) => sets.map((set) => set.toString('base64')).join(',');
  const { sequenceParameterSets, pictureParameterSets } = format;
  if (format.codec === 'h264') {
    const sets = coded([...sequenceParameterSets, ...pictureParameterSets]);
    return [
      ['packetization-mode', '1'],
      ['sprop-parameter-sets', sets],
    ];
  }
  return [
    ['sprop-vps', coded(format.videoParameterSets)],
    ['sprop-sps', coded(sequenceParameterSets)],
    ['sprop-pps', coded(pictureParameterSets)],
  ];
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function oneWord(text: string): string {
  return oneLine(text).replaceAll(' ', '');
}
