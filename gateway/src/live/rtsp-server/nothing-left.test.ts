import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RawRtsp } from './testing/raw-rtsp.ts';
import { pushPassword, Relay, recorders, viewer } from './testing/relay.ts';

const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:t1\r\n';
const described = { 'Content-Type': 'application/sdp' };

/** Sockets and timers of this process, and its open files as the system counts them. */
async function open(): Promise<Record<string, number>> {
  const counts: Record<string, number> = { files: (await readdir('/proc/self/fd')).length };
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|UDP|Timeout/u.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

test('50 recorders and 50 viewers that come and go leave no socket, no port and no timer behind', async () => {
  const relay = await Relay.open();
  const cycle = async (index: number) => {
    const isUdp = index % 2 === 1;
    const ports = createSocket('udp4').bind(0, '127.0.0.1');
    await once(ports, 'listening');
    const { port } = ports.address();
    const transport = isUdp ? `RTP/AVP;unicast;client_port=${port}-${port + 1}` : 'RTP/AVP/TCP;unicast';
    const recorder = await RawRtsp.connect(relay.port);
    recorder.logIn(recorders.one, pushPassword);
    await recorder.ask('ANNOUNCE', relay.pushUrl(), described, sdp);
    await recorder.ask('SETUP', `${relay.pushUrl()}/t1`, { Transport: `${transport};mode=record` });
    expect((await recorder.ask('RECORD', relay.pushUrl())).status).toBe(200);
    const watching = await RawRtsp.connect(relay.port);
    watching.logIn(viewer.name, viewer.password);
    const url = relay.pushUrl(recorders.one);
    await watching.ask('SETUP', `${url}/trackID=0`, { Transport: transport });
    expect((await watching.ask('PLAY', url)).status).toBe(200);
    // By turns: in good order, without a word, and the viewer last.
    if (index % 3 === 0) await recorder.ask('TEARDOWN', relay.pushUrl());
    else recorder.close();
    if (index % 3 === 2) await watching.closed();
    watching.close();
    recorder.close();
    await relay.until(({ end }) => end !== null);
    await Promise.all([
      recorder.closed(),
      watching.closed(),
      new Promise<void>((done) => ports.close(() => done())),
    ]);
  };
  await cycle(0);
  await settled(relay);
  const before = await open();
  for (let index = 0; index < 50; index++) await cycle(index);
  await settled(relay);
  expectSame(await open(), before);
  await relay.close();
});

test('stopping ends whatever is going on', async () => {
  const before = await open();
  const relay = await Relay.open();
  const callers = await Promise.all([1, 2, 3].map(() => RawRtsp.connect(relay.port)));
  const [recorder] = callers;
  recorder?.logIn(recorders.one, pushPassword);
  await recorder?.ask('ANNOUNCE', relay.pushUrl(), described, sdp);
  await recorder?.ask('SETUP', `${relay.pushUrl()}/t1`, {
    Transport: 'RTP/AVP;unicast;client_port=5000-5001;mode=record',
  });
  await recorder?.ask('RECORD', relay.pushUrl());
  await relay.close();
  expect([relay.ends.map(({ cause }) => cause), relay.hub.list()]).toEqual([['closed'], []]);
  await Promise.all(callers.map((caller) => caller.closed()));
  expectSame(await open(), before);
});

/** The test runner has a few timers of its own, that come and go. */
function expectSame(
  { Timeout: timers = 0, ...now }: Record<string, number>,
  before: Record<string, number>,
): void {
  const { Timeout: timersBefore = 0, ...rest } = before;
  expect(now).toEqual(rest);
  expect(Math.abs(timers - timersBefore)).toBeLessThan(5);
}

/** Until nobody is connected any more: the server's side of a connection ends a moment after the caller's. */
async function settled(relay: Relay): Promise<void> {
  while (relay.server.connections > 0) await new Promise((resolve) => setImmediate(resolve));
}
