import { expect, test } from 'vitest';
import { placeOfPath } from './place-groups.ts';

const places = [
  { place: 'slots', path: '/' },
  { place: 'cases', path: '/cases' },
  { place: 'clips', path: '/clips' },
] as const;

test('a page lies under the place whose path begins its own', () => {
  expect(placeOfPath(places, '/cases/oa%2F1')).toBe('cases');
  expect(placeOfPath(places, '/cases/oa%2F1/clips/abc')).toBe('cases');
  expect(placeOfPath(places, '/')).toBe('slots');
});

test('a page of no place is at none, nor is one that only begins alike', () => {
  expect(placeOfPath(places, '/calibration')).toBeNull();
  expect(placeOfPath(places, '/casesuite')).toBeNull();
});
