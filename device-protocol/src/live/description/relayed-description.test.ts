import { expect, test } from 'vitest';
import { parseDescription } from './parse-description.ts';
import { relayedControl, relayedDescription } from './relayed-description.ts';

const received = parseDescription(
  [
    'v=0',
    'm=video 0 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z00AKY2NQDwBE/LCAAAOEAACvyAI,aO44gA==',
    'a=control:rtsp://admin:secret@192.0.2.9/1',
    'm=application 0 RTP/AVP 107',
    'm=audio 0 RTP/AVP 97',
    'a=rtpmap:97 MPEG4-GENERIC/44100/2',
    'a=fmtp:97 mode=AAC-hbr;config=1210;sizelength=13;indexlength=3;indexdeltalength=3',
  ].join('\r\n'),
);

test('viewers are told the same formats under our own controls', () => {
  expect(relayedDescription(received, { sessionName: '执法仪 DEMO-001', address: '192.0.2.1' })).toBe(
    [
      'v=0',
      'o=- 0 0 IN IP4 192.0.2.1',
      's=执法仪 DEMO-001',
      'c=IN IP4 0.0.0.0',
      't=0 0',
      'a=control:*',
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z00AKY2NQDwBE/LCAAAOEAACvyAI,aO44gA==',
      'a=control:trackID=0',
      'm=audio 0 RTP/AVP 97',
      'a=rtpmap:97 MPEG4-GENERIC/44100/2',
      'a=fmtp:97 mode=AAC-hbr;config=1210;sizelength=13;indexlength=3;indexdeltalength=3',
      'a=control:trackID=2',
      '',
    ].join('\r\n'),
  );
});

test('what was told is understood as what was received', () => {
  const told = parseDescription(relayedDescription(received, { sessionName: 'x', address: '2001:db8::1' }));
  const asTold = received.tracks.map((track, index) => ({ ...track, index, control: relayedControl(track) }));
  expect(told.tracks).toEqual(asTold);
});

test('parameter sets that the sender kept to its stream are told', () => {
  const bare = parseDescription('m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000');
  const format = {
    kind: 'video',
    codec: 'h264',
    videoParameterSets: [],
    sequenceParameterSets: [Buffer.of(0x67, 1)],
    pictureParameterSets: [Buffer.of(0x68, 2)],
    widthPixels: null,
    heightPixels: null,
  } as const;
  const options = { sessionName: 'x', address: '192.0.2.1', formats: new Map([[0, format]]) };
  expect(relayedDescription(bare, options)).toContain(
    'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=ZwE=,aAI=\r\n',
  );
});

test('a name cannot bring lines of its own', () => {
  const told = relayedDescription(received, {
    sessionName: 'x\r\na=control:evil\u2028',
    address: '192.0.2.1\r\n',
  });
  expect(told.split('\r\n').filter((line) => line.startsWith('a=control'))).toHaveLength(3);
  expect(told).toContain('\r\ns=x a=control:evil\r\n');
});
