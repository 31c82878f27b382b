import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

function flatten(messages: object, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value as object, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const chinese = flatten(zhCN);
const english = flatten(en);
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

const sources = import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.test.ts', '!./*'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

describe('messages', () => {
  test('both languages have the same keys and the same places to fill', () => {
    expect([...english.keys()]).toEqual([...chinese.keys()]);
    for (const [key, text] of chinese) expect(places(english.get(key) ?? ''), key).toEqual(places(text));
  });

  test('none holds a character that the message syntax would take for its own', () => {
    for (const text of [...chinese.values(), ...english.values()]) expect(text).not.toMatch(/[@|]/);
  });

  test('every key that the page names exists', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(30);
    const missing = Object.entries(sources).flatMap(([file, source]) =>
      [...source.matchAll(/\bt\(\s*'([\w.-]+)'/g)]
        .map((match) => match[1] ?? '')
        .filter((key) => !chinese.has(key))
        .map((key) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  test('no text of the page stands outside the messages', () => {
    const inline = Object.entries(sources).filter(([, source]) => /\p{Script=Han}/u.test(source));
    expect(inline.map(([file]) => file)).toEqual([]);
  });
});
