import { expect, test } from 'vitest';
import { leafHashOf } from './leaf-hash.ts';

test('the leaf of the empty entry is SHA-256 of one zero byte', async () => {
  expect(await leafHashOf('')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
});

test('characters are hashed as UTF-8', async () => {
  // printf '\0{"a":"证"}' | sha256sum
  expect(await leafHashOf('{"a":"证"}')).toBe(
    '99bd2170db600dd1cfd91c0e6a764d1be8439a911eb28567dbce0c0cbce18424',
  );
});
