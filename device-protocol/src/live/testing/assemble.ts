import type { AccessUnit } from '../access-unit.ts';
import { parseDescription } from '../description/parse-description.ts';
import { StreamAssembler } from '../stream-assembler.ts';
import type { StreamLoss, StreamReset } from '../stream-listener.ts';

export const media = {
  h264: 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n',
  h265: 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n',
  aac: 'm=audio 0 RTP/AVP 96\r\na=rtpmap:96 MPEG4-GENERIC/44100/2\r\na=fmtp:96 mode=AAC-hbr;config=1210\r\n',
} as const;

/** What a stream of packets comes to; they come one a millisecond, or when `atMs` says. */
export function assemble(
  sdp: string,
  packets: readonly Buffer[],
  options: { atMs?: (index: number) => number; isEnded?: boolean } = {},
) {
  const description = parseDescription(sdp);
  const [track] = description.tracks;
  if (track === undefined) throw new Error('the description has no track');
  const units: AccessUnit[] = [];
  const losses: StreamLoss[] = [];
  const resets: StreamReset[] = [];
  const assembler = new StreamAssembler(description, {
    onUnit: (unit) => units.push(unit),
    onLoss: (loss) => losses.push(loss),
    onReset: (reset) => resets.push(reset),
  });
  packets.forEach((packet, index) => {
    const atMs = options.atMs?.(index) ?? 1000 + index;
    assembler.take(track, packet, { atMs, sentNotBeforeMs: atMs - 500 });
  });
  if (options.isEnded) assembler.flush();
  return { units, losses, resets, counts: assembler.counts(track), format: assembler.format(track) };
}
