import { expect, test } from 'vitest';
import { isNear } from './near-address.ts';

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.8.8.8', '127.0.0.1', true],
  ['::1', '::1', true],
  ['::ffff:127.0.0.1', '::ffff:127.0.0.1', true],
  ['169.254.169.254', '10.0.0.1', true],
  ['fe80::1%eth0', 'fe80::2%eth0', true],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['10.0.0.2', '10.0.0.1', false],
  ['2001:db8::2', '2001:db8::1', false],
])('a connection to %s from %s leads back: %s', (remoteAddress, localAddress, expected) => {
  expect(isNear({ remoteAddress, localAddress })).toBe(expected);
});
