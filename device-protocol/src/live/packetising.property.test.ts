/** Whatever way pictures are cut into packets, and however the network treats those. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import type { AccessUnit } from './access-unit.ts';
import { assemble, media } from './testing/assemble.ts';
import { packetise, type SentUnit } from './testing/packetise.ts';

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

  test('with packets missing are marked, and never hold what is not theirs', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.boolean(), { minLength: 3, maxLength: 40 }), (stream, losses) => {
        const received = stream.packets.filter((_, index) => index === 0 || !losses[index % losses.length]);
        const out = assemble(media[stream.codec], received, { isEnded: true });
        for (const unit of out.units) expectNothingForeign(unit, stream.units);
      }),
      { numRuns },
    );
  });
});

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
