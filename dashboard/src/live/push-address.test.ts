import { expect, test } from 'vitest';
import { hostAndPort, pushAddress } from './push-address.ts';

test('what is entered into a recorder is whole: address with port, name and secret', () => {
  const ports = { rtsp: 8554, rtmp: 1935 };
  expect(pushAddress({ way: 'push-rtsp', userName: 'A' }, 'geheim', 'dock', ports)).toEqual({
    url: 'rtsp://dock:8554/live/A',
    userName: 'A',
    secret: 'geheim',
  });
  expect(pushAddress({ way: 'push-rtmp', userName: 'A' }, 'geheim', 'dock', ports)).toEqual({
    url: 'rtmp://dock/live',
    userName: null,
    secret: 'A?key=geheim',
  });
  expect(pushAddress({ way: 'push-rtmp', userName: 'A' }, 'x', 'dock', { rtsp: 554, rtmp: null })).toBeNull();
});

test('a password belongs to host and port', () => {
  expect(hostAndPort('rtsp://192.0.2.7/live')).toBe('192.0.2.7:554');
  expect(hostAndPort(' rtsp://Recorder:8554/a')).toBe('recorder:8554');
  expect(['', 'rtsp://', 'http://192.0.2.7/'].map(hostAndPort)).toEqual([null, null, null]);
});
