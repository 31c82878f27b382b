import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlignedOriginal } from './align-pictures.ts';
import { Pictures } from './pictures.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest();
const film = (names: readonly string[], stepMs = 40, fromMs = 0) =>
  Pictures.of(names.map((name, index) => ({ atMs: fromMs + index * stepMs, hash: hashOf(name) })));
const scene = (name: string, length: number) => Array.from({ length }, (_, index) => `${name} ${index}`);
const align = (live: Pictures, original: Pictures) =>
  new AlignedOriginal(original).align(live, live.length * 40);

describe('aligning pictures', () => {
  test('a live segment from the middle of an original is found at its place', () => {
    const all = scene('street', 500);
    const [found, ...others] = align(film(all.slice(100, 300)), film(all));
    expect(others).toEqual([]);
    expect(found).toEqual({
      equal: [{ fromMs: 0, toMs: 8_000 }],
      pictures: 200,
      laterMs: { lowMs: -4_000, highMs: -4_000 },
      originalFromMs: 4_000,
      originalToMs: 12_000,
    });
  });

  test('sound that begins before the pictures moves no place', () => {
    const all = scene('street', 300);
    const [found] = align(film(all.slice(100, 300), 40, 700), film(all, 40, 350));
    expect(found).toMatchObject({
      equal: [{ fromMs: 0, toMs: 8_000 }],
      laterMs: { lowMs: -4_000, highMs: -4_000 },
      originalFromMs: 4_000,
    });
  });

  test('pictures that the stream lost part the equal stretches and nothing else', () => {
    const all = scene('street', 100);
    const live = Pictures.of(
      all.flatMap((name, index) =>
        index >= 40 && index < 50 ? [] : [{ atMs: index * 40, hash: hashOf(name) }],
      ),
    );
    const found = new AlignedOriginal(film(all)).align(live, 4_000);
    expect(found).toHaveLength(1);
    expect(found[0]?.equal).toEqual([
      { fromMs: 0, toMs: 1_600 },
      { fromMs: 2_000, toMs: 4_000 },
    ]);
  });

  test('another encoding has none', () => {
    expect(align(film(scene('one', 200)), film(scene('other', 200)))).toEqual([]);
  });

  test('pictures that repeat prove no place', () => {
    const still = Array.from({ length: 200 }, (_, index) => `still ${index % 4}`);
    expect(align(film(still), film(still))).toEqual([]);
  });

  test('whatever is told as equal is, at the shift that is told', () => {
    const cut = fc.record({
      names: fc.array(fc.nat(300), { maxLength: 120 }),
      other: fc.array(fc.nat(300), { maxLength: 120 }),
      shared: fc.array(fc.nat(1_000_000), { minLength: 10, maxLength: 60 }),
      liveAt: fc.nat(100),
      originalAt: fc.nat(100),
    });
    fc.assert(
      fc.property(cut, ({ names, other, shared, liveAt, originalAt }) => {
        const insert = (into: number[], at: number) =>
          [...into.slice(0, at), ...shared, ...into.slice(at)].map(String);
        const [liveNames, originalNames] = [insert(names, liveAt), insert(other, originalAt)];
        for (const { equal, laterMs } of align(film(liveNames), film(originalNames))) {
          for (const { fromMs, toMs } of equal) {
            const shift = Math.round(laterMs.lowMs / 40);
            if (laterMs.lowMs !== laterMs.highMs) continue;
            for (let index = Math.round(fromMs / 40); index < Math.round(toMs / 40); index += 1) {
              expect(liveNames[index]).toBe(originalNames[index - shift]);
            }
          }
        }
      }),
    );
  });
});
