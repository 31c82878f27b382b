/** Whatever way pictures are cut into packets, and however the network treats those. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import type { AccessUnit } from './access-unit.ts';
import { assemble, media } from './testing/assemble.ts';
import { packetise, type SentUnit } from './testing/packetise.ts';
import { rtp } from './testing/rtp.ts';

const numRuns = fuzzRuns(300);

type Codec = 'h264' | 'h265';

/** A NAL unit of a type: a first slice has its first bit after the header set, others have not. */
function nal(codec: Codec, type: number, isFirst: boolean, maxLength: number): fc.Arbitrary<Buffer> {
  const header = codec === 'h264' ? [0x60 | type] : [type << 1, 1];
  return fc
    .uint8Array({ minLength: 4, maxLength })
    .map((body) =>
      Buffer.from([...header, (isFirst ? 0x80 : 0) | ((body[0] ?? 0) & 0x7f), ...body.slice(1)]),
    );
}

function picture(codec: Codec, hasDelimiters: boolean): fc.Arbitrary<Buffer[]> {
  const [delimiter, sets, key, slice] = codec === 'h264' ? [9, [7, 8], 5, 1] : [35, [32, 33, 34], 19, 1];
  return fc
    .boolean()
    .chain((isKey) =>
      fc.tuple(
        ...(hasDelimiters ? [nal(codec, delimiter, true, 4)] : []),
        ...(isKey ? sets.map((type) => nal(codec, type, false, 40)) : []),
        nal(codec, isKey ? key : slice, true, 3000),
        fc.array(nal(codec, isKey ? key : slice, false, 500), { maxLength: 3 }),
      ),
    )
    .map((parts) => parts.flat() as Buffer[]);
}

const streams = fc
  .record({
    codec: fc.constantFrom<Codec>('h264', 'h265'),
    hasDelimiters: fc.boolean(),
    isAggregating: fc.boolean(),
    maxBytes: fc.integer({ min: 40, max: 1400 }),
    firstSequence: fc.integer({ min: 0, max: 0xffff }),
    firstTimestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
  })
  .chain((stream) =>
    fc.array(picture(stream.codec, stream.hasDelimiters), { minLength: 1, maxLength: 12 }).map((pictures) => {
      const units: SentUnit[] = pictures.map((nals, index) => ({
        nals,
        timestamp: (stream.firstTimestamp + index * 3000) >>> 0,
      }));
      return { ...stream, units, packets: packetise(stream.codec, units, stream, stream.firstSequence) };
    }),
  );

const hexOf = (nals: readonly Buffer[]) => nals.map((unit) => unit.toString('hex'));

describe('pictures', () => {
  test('come out as they went in, packets twice or out of order', () => {
    const network = fc.record({
      delays: fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 50 }),
      copies: fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }),
    });
    fc.assert(
      fc.property(streams, network, ({ codec, units, packets }, { delays, copies }) => {
        const onTheWay = packets.flatMap((packet, index) => {
          // The first tells where the sequence begins.
          const place = index === 0 ? -1 : index + (delays[index % delays.length] ?? 0);
          return copies[index % copies.length]
            ? [
                { packet, place },
                { packet, place: place + 7 },
              ]
            : [{ packet, place }];
        });
        onTheWay.sort((a, b) => a.place - b.place);
        const received = onTheWay.map(({ packet }) => packet);
        const out = assemble(media[codec], received, { atMs: (index) => index / 10, isEnded: true });
        expect(out.units.map(({ data }) => hexOf(data))).toEqual(units.map(({ nals }) => hexOf(nals)));
        expect(out.units.every(({ isWhole }) => isWhole)).toBe(true);
        expect(out.units.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual(
          units.map(({ timestamp }) => timestamp),
        );
        expect(out.units.map(({ mediaTicks }) => mediaTicks - (units[0]?.timestamp ?? 0))).toEqual(
          units.map((_, index) => index * 3000),
        );
        expect([...out.losses, ...out.resets]).toEqual([]);
      }),
      { numRuns },
    );
  });

  test('come out as they went in where the sender never sets the marker', () => {
    fc.assert(
      fc.property(streams, ({ codec, units, packets }) => {
        for (const packet of packets) packet.writeUInt8(packet.readUInt8(1) & 0x7f, 1);
        const out = assemble(media[codec], packets);
        // The last picture ends with the next, which never comes.
        expect(out.units.map(({ data }) => hexOf(data))).toEqual(
          units.slice(0, -1).map(({ nals }) => hexOf(nals)),
        );
        expect(out.units.every(({ isWhole }) => isWhole)).toBe(true);
      }),
      { numRuns },
    );
  });

  test('with packets missing are marked, and never hold what is not theirs', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.boolean(), { minLength: 3, maxLength: 40 }), (stream, losses) => {
        const received = stream.packets.filter((_, index) => index === 0 || !losses[index % losses.length]);
        const out = assemble(media[stream.codec], received, { isEnded: true });
        for (const unit of out.units) expectNothingForeign(unit, stream.units);
        expect(out.units.filter(({ isWhole, isUnfinished }) => isWhole && isUnfinished)).toEqual([]);
      }),
      { numRuns },
    );
  });

  test('are whole up to where the stream ends; one that it ends in the middle of is unfinished, not damaged', () => {
    fc.assert(
      fc.property(streams, fc.nat(), ({ codec, units, packets }, place) => {
        const received = packets.slice(0, 1 + (place % packets.length));
        const out = assemble(media[codec], received, { isEnded: true });
        expect(out.losses).toEqual([]);
        expect(out.units.slice(0, -1).every(({ isWhole }) => isWhole)).toBe(true);
        expect(out.units.every(({ isWhole, isUnfinished }) => isWhole !== isUnfinished)).toBe(true);
        for (const unit of out.units) expectNothingForeign(unit, units);
      }),
      { numRuns },
    );
  });
});

describe('frames of sound', () => {
  const sounds = fc.record({
    frames: fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { minLength: 1, maxLength: 20 }),
    framesPerPacket: fc.integer({ min: 1, max: 5 }),
    maxBytes: fc.integer({ min: 20, max: 900 }),
    format: fc.constantFrom('generic' as const, 'latm' as const),
  });
  const sdps = {
    generic: media.aac,
    latm: 'm=audio 0 RTP/AVP 96\r\na=rtpmap:96 MP4A-LATM/44100/2\r\na=fmtp:96 cpresent=0;config=40002420\r\n',
  };
  type Sound = typeof sounds extends fc.Arbitrary<infer Value> ? Value : never;
  const packetsOf = ({ frames, framesPerPacket, maxBytes, format }: Sound) =>
    format === 'latm'
      ? latmPackets(frames, framesPerPacket, maxBytes)
      : genericPackets(frames, framesPerPacket, maxBytes);

  test('come out as they went in, each at its time', () => {
    fc.assert(
      fc.property(sounds, (sound) => {
        const out = assemble(sdps[sound.format], packetsOf(sound), { isEnded: true });
        expect(out.units.map(({ data }) => hexOf(data))).toEqual(
          sound.frames.map((frame) => hexOf([Buffer.from(frame)])),
        );
        expect(out.units.map(({ mediaTicks }) => mediaTicks)).toEqual(
          sound.frames.map((_, index) => index * 1024),
        );
        expect(out.units.every(({ isWhole }) => isWhole)).toBe(true);
        expect(out.counts).toMatchObject({ broken: 0, oversized: 0 });
      }),
      { numRuns },
    );
  });

  test('with packets missing are marked or left out', () => {
    fc.assert(
      fc.property(sounds, fc.array(fc.boolean(), { minLength: 3, maxLength: 40 }), (sound, losses) => {
        const received = packetsOf(sound).filter((_, index) => index === 0 || !losses[index % losses.length]);
        for (const unit of assemble(sdps[sound.format], received, { isEnded: true }).units) {
          const origin = Buffer.from(sound.frames[unit.rtpTimestamp / 1024] ?? []);
          if (unit.isWhole) expect(hexOf(unit.data)).toEqual(hexOf([origin]));
          else expect(origin.toString('hex')).toContain(hexOf(unit.data)[0]);
        }
      }),
      { numRuns },
    );
  });

  test('are whole up to where the stream ends; one that it ends in the middle of is unfinished, not damaged', () => {
    fc.assert(
      fc.property(sounds, fc.nat(), (sound, place) => {
        const packets = packetsOf(sound);
        const received = packets.slice(0, 1 + (place % packets.length));
        const { units } = assemble(sdps[sound.format], received, { isEnded: true });
        expect(units.every(({ isWhole, isUnfinished }) => isWhole !== isUnfinished)).toBe(true);
      }),
      { numRuns },
    );
  });
});

/** RFC 3640 §3.3.6: headers of 13 and 3 bits before the frames, a frame that does not fit alone in fragments. */
function genericPackets(frames: readonly Uint8Array[], perPacket: number, maxBytes: number): Buffer[] {
  const packets: Buffer[] = [];
  const header = (length: number) => Buffer.of((length << 3) >> 8, (length << 3) & 0xff);
  const send = (payload: Buffer, index: number, marker: boolean) =>
    packets.push(rtp({ sequence: packets.length, timestamp: index * 1024, payload, marker }));
  for (let index = 0; index < frames.length; ) {
    const group = frames.slice(index, index + perPacket).filter((frame) => frame.length <= maxBytes);
    const first = frames[index] ?? new Uint8Array();
    if (first.length > maxBytes) {
      for (let at = 0; at < first.length; at += maxBytes) {
        const head = Buffer.concat([Buffer.of(0, 16), header(first.length)]);
        const isLast = at + maxBytes >= first.length;
        send(Buffer.concat([head, first.subarray(at, at + maxBytes)]), index, isLast);
      }
      index += 1;
    } else {
      const together = frames.slice(index, index + perPacket).every((frame) => frame.length <= maxBytes)
        ? group
        : [first];
      const heads = together.map(({ length }) => header(length));
      send(Buffer.concat([Buffer.of(0, heads.length * 16), ...heads, ...together]), index, true);
      index += together.length;
    }
  }
  return packets;
}

/** RFC 6416 §6.1: audioMuxElements one after the other, the whole cut into packets where it does not fit. */
function latmPackets(frames: readonly Uint8Array[], perPacket: number, maxBytes: number): Buffer[] {
  const packets: Buffer[] = [];
  for (let index = 0; index < frames.length; index += perPacket) {
    const elements = frames.slice(index, index + perPacket).map((frame) => {
      const length = [...Array<number>(Math.floor(frame.length / 255)).fill(255), frame.length % 255];
      return Buffer.from([...length, ...frame]);
    });
    const all = Buffer.concat(elements);
    for (let at = 0; at < all.length; at += maxBytes) {
      const payload = all.subarray(at, at + maxBytes);
      const marker = at + maxBytes >= all.length;
      packets.push(rtp({ sequence: packets.length, timestamp: index * 1024, payload, marker }));
    }
  }
  return packets;
}

function expectNothingForeign(unit: AccessUnit, sent: readonly SentUnit[]): void {
  const origin = sent.find(({ timestamp }) => timestamp === unit.rtpTimestamp);
  const originals = hexOf(origin?.nals ?? []);
  if (unit.isWhole) expect(hexOf(unit.data)).toEqual(originals);
  let place = 0;
  for (const part of hexOf(unit.data)) {
    while (place < originals.length && !originals[place]?.startsWith(part)) place += 1;
    expect(place).toBeLessThan(originals.length);
    place += 1;
  }
}
