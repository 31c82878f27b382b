/** Real streams under a description that names the other codec of pictures, and under their own with losses. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from './access-unit.ts';
import { parseDescription } from './description/parse-description.ts';
import { codecShownBy } from './frames/payload-codec.ts';
import { parseRtp } from './rtp/rtp-packet.ts';
import { StreamAssembler } from './stream-assembler.ts';
import type { StreamMisnomer } from './stream-listener.ts';
import { capturePackets } from './testing/captured-packets.ts';
import { rtp } from './testing/rtp.ts';

type Codec = 'h264' | 'h265';

const pictures = 'videotestsrc num-buffers=40 pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1';
const x264 = `${pictures} ! x264enc key-int-max=10 speed-preset=ultrafast`;
const x265 = `${pictures} ! x265enc key-int-max=10 speed-preset=ultrafast tune=zerolatency`;
const film =
  'ffmpeg -v error -nostdin -re -f lavfi -i testsrc2=size=320x180:rate=40:duration=1 -threads 1 -g 10';

const senders: Record<string, { codec: Codec; command: (port: number) => string }> = {
  'x264 with delimiters, pictures out of order and SEI': {
    codec: 'h264',
    command: sentBy(`${x264} aud=true bframes=2`, 'rtph264pay config-interval=0'),
  },
  'x264 in slices and small packets': {
    codec: 'h264',
    command: sentBy(
      `${x264} bframes=0 sliced-threads=true threads=4`,
      'rtph264pay config-interval=-1 mtu=200',
    ),
  },
  'x264 aggregated': {
    codec: 'h264',
    command: sentBy(`${x264} bframes=0`, 'rtph264pay config-interval=-1 aggregate-mode=max-stap'),
  },
  'x264 by ffmpeg': {
    codec: 'h264',
    command: (port) => `${film} -c:v libx264 -preset ultrafast ${to(port)}`,
  },
  x265: { codec: 'h265', command: sentBy(x265, 'rtph265pay config-interval=-1') },
  'x265 aggregated': {
    codec: 'h265',
    command: sentBy(x265, 'rtph265pay config-interval=-1 aggregate-mode=max'),
  },
  'x265 in small packets': { codec: 'h265', command: sentBy(x265, 'rtph265pay config-interval=-1 mtu=200') },
  'x265 by ffmpeg': {
    codec: 'h265',
    command: (port) => `${film} -c:v libx265 -preset ultrafast -x265-params log-level=none:aud=1 ${to(port)}`,
  },
};
const names = Object.keys(senders);
const sent = new Map<string, Buffer[]>();

beforeAll(async () => {
  const streams = names.map(async (name) => {
    const packets = await capturePackets(senders[name]?.command ?? (() => 'false'));
    sent.set(
      name,
      packets.map(({ packet }) => packet),
    );
  });
  await Promise.all(streams);
}, 60_000);

function sentBy(encoder: string, payloader: string) {
  return (port: number) =>
    `gst-launch-1.0 -q ${encoder} ! ${payloader} pt=96 ! udpsink host=127.0.0.1 port=${port}`;
}

function to(port: number): string {
  // The sender's reports go elsewhere.
  return `-payload_type 96 -f rtp "rtp://127.0.0.1:${port}?rtcpport=${port === 65_535 ? 9 : port + 1}"`;
}

function codecOf(name: string): Codec {
  return senders[name]?.codec ?? 'h264';
}

function taken(told: Codec, packets: readonly Buffer[], parameters = '') {
  const lines = `m=video 0 RTP/AVP 96\r\na=rtpmap:96 ${told.toUpperCase()}/90000\r\n${parameters}`;
  const description = parseDescription(lines);
  const units: AccessUnit[] = [];
  const misnomers: StreamMisnomer[] = [];
  const assembler = new StreamAssembler(description, {
    onUnit: (unit) => units.push(unit),
    onLoss: () => {},
    onReset: () => {},
    onMisnamed: (misnomer) => misnomers.push(misnomer),
  });
  for (const [index, packet] of packets.entries()) {
    for (const track of description.tracks)
      assembler.take(track, packet, { atMs: index, sentNotBeforeMs: null });
  }
  assembler.flush();
  return { units, misnomers };
}

const shown = (units: readonly AccessUnit[]) =>
  units.map(({ data, isKeyFrame, isWhole, mediaTicks, format }) => ({
    nals: data.map((nal) => nal.toString('hex')),
    size: format?.kind === 'video' ? format.widthPixels : null,
    isKeyFrame,
    isWhole,
    mediaTicks,
  }));

describe.each(names)('%s', (name) => {
  const codec = codecOf(name);
  const other = codec === 'h264' ? 'h265' : 'h264';

  test('under the name of the other codec is every picture the same as under its own', () => {
    const packets = sent.get(name) ?? [];
    const [truly, misnamed] = [taken(codec, packets), taken(other, packets)];
    expect(truly.misnomers).toEqual([]);
    expect(truly.units.filter(({ isKeyFrame, isWhole }) => isKeyFrame && isWhole).length).toBeGreaterThan(2);
    expect(shown(misnamed.units)).toEqual(shown(truly.units));
    expect(misnamed.misnomers).toMatchObject([
      { toldCodec: other, track: { codec, encodingName: codec.toUpperCase(), payloadType: 96 } },
    ]);
    expect(new Set(misnamed.units.map(({ track }) => track))).toEqual(
      new Set(misnamed.misnomers.map(({ track }) => track)),
    );
  });

  test('under its own name is never taken for the other, whatever is lost of it', () => {
    const packets = sent.get(name) ?? [];
    fc.assert(
      fc.property(
        fc.nat({ max: packets.length - 1 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }),
        (from, kept) => {
          const left = packets.slice(from).filter((_, index) => kept[index % kept.length]);
          expect(taken(codec, left).misnomers).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('holds no packet that speaks for the other', () => {
    const speaking = (sent.get(name) ?? []).map((packet) =>
      codecShownBy(parseRtp(packet)?.payload ?? packet),
    );
    expect(speaking).not.toContain(other);
    expect(speaking.filter((one) => one === codec).length).toBeGreaterThan(speaking.length / 3);
  });
});

test('parameter sets that the description tells under the wrong name are those of the stream', () => {
  const told =
    'a=fmtp:96 sprop-parameter-sets=Z2QAH6zZQFAFuwEQAAADABAAAAMDIPGDGWA=,aOvjyyLA;sprop-vps=QAE=\r\n';
  const slices = Array.from({ length: 20 }, (_, sequence) =>
    rtp({ sequence, timestamp: sequence * 3000, payload: Buffer.from('6588aabb', 'hex'), marker: true }),
  );
  const { units, misnomers } = taken('h265', slices, told);
  expect(units).toHaveLength(20);
  expect(units[0]).toMatchObject({ isKeyFrame: true, format: { codec: 'h264', widthPixels: 1280 } });
  expect([...(misnomers[0]?.track.formatParameters.keys() ?? [])]).toEqual(['sprop-parameter-sets']);
});

test('what speaks for neither is taken as it is told', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Codec>('h264', 'h265'),
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 120 }),
      (told, payloads) => {
        const packets = payloads.map((payload, sequence) => rtp({ sequence, payload, marker: true }));
        expect(taken(told, packets).misnomers).toEqual([]);
      },
    ),
  );
});
