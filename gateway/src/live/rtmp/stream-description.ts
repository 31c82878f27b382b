import type { AudioSetup, VideoSetup } from './flv-media.ts';
import { nalKinds, setsByName } from './nal-units.ts';

export const videoPayloadType = 96;
const aacPayloadType = 97;
const mostSpropCharacters = 4_096;
/** RFC 3551 table 4. */
const staticPayloadTypes = { pcmu: 0, pcma: 8 } as const;

export function audioPayloadType(setup: AudioSetup): number {
  return setup.codec === 'aac' ? aacPayloadType : staticPayloadTypes[setup.codec];
}

/** The description (RFC 4566) of what an RTMP stream holds, as a recorder would give it over RTSP. */
export function describeStream(video: VideoSetup | null, audio: AudioSetup | null): string {
  const media: string[][] = [];
  if (video !== null) media.push(describeVideo(video));
  if (audio !== null) media.push(describeAudio(audio));
  const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 't=0 0'];
  for (const [index, described] of media.entries()) lines.push(...described, `a=control:trackID=${index}`);
  return `${lines.join('\r\n')}\r\n`;
}

function describeVideo(setup: VideoSetup): string[] {
  const parameters = setup.codec === 'h264' ? h264Parameters(setup) : h265Parameters(setup);
  const lines = [
    `m=video 0 RTP/AVP ${videoPayloadType}`,
    `a=rtpmap:${videoPayloadType} ${setup.codec.toUpperCase()}/90000`,
  ];
  return parameters.length === 0 ? lines : [...lines, `a=fmtp:${videoPayloadType} ${parameters.join(';')}`];
}

/** RFC 6184 §8.2.1. */
function h264Parameters({ parameterSets }: VideoSetup): string[] {
  const parameters = ['packetization-mode=1'];
  const sequenceSet = parameterSets.find((set) => set.length >= 4 && nalKinds.h264.isSequenceSet(set));
  if (sequenceSet !== undefined) parameters.push(`profile-level-id=${sequenceSet.toString('hex', 1, 4)}`);
  return [...parameters, ...spropOf('sprop-parameter-sets', parameterSets)];
}

/** RFC 7798 §7.1. */
function h265Parameters({ parameterSets }: VideoSetup): string[] {
  return Object.entries(setsByName(parameterSets)).flatMap(([name, sets]) => spropOf(`sprop-${name}`, sets));
}

/** Sets longer than anybody reads are left to the stream, which has them before every key frame. */
function spropOf(name: string, sets: readonly Buffer[]): string[] {
  const written = sets.map((set) => set.toString('base64')).join(',');
  return written === '' || written.length > mostSpropCharacters ? [] : [`${name}=${written}`];
}

/** RFC 3640 §4.1 for AAC. */
function describeAudio(setup: AudioSetup): string[] {
  const type = audioPayloadType(setup);
  const lines = [`m=audio 0 RTP/AVP ${type}`];
  if (setup.codec !== 'aac') return [...lines, `a=rtpmap:${type} ${setup.codec.toUpperCase()}/8000`];
  const parameters =
    'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3';
  return [
    ...lines,
    `a=rtpmap:${type} MPEG4-GENERIC/${setup.rateHz}/${setup.channels}`,
    `a=fmtp:${type} ${parameters};config=${setup.config.toString('hex')}`,
  ];
}
