/** Live streams through the whole gateway, from recorders that Docket did not write. */
import { setTimeout as wait } from 'node:timers/promises';
import { type PeerServer, pushRtmp, pushRtsp, startRtspCamera } from '@docket/device-protocol/live-peers';
import type { Clip } from '@docket/gateway/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { LiveSite } from './harness/live-site.ts';

const open: { stop(): Promise<unknown> }[] = [];
const quick = ['live.silenceMs=1500', 'clock.hostSource=assume-synchronised'];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function openSite(...assignments: string[]): Promise<LiveSite> {
  const live = await LiveSite.open([...quick, ...assignments]);
  open.push({ stop: () => live.close() });
  return live;
}

async function camera(options: Parameters<typeof startRtspCamera>[0]): Promise<PeerServer> {
  const server = await startRtspCamera(options);
  open.push(server);
  return server;
}

const isRecording = (live: LiveSite, recorderId: string) => async () =>
  (await live.stream(recorderId))?.state === 'recording';

async function archived(live: LiveSite, recorderId: string): Promise<Clip[]> {
  return live.until(async () => {
    const segments = (await live.sessions(recorderId)).flatMap((file) => file.segments);
    return segments.length > 0 && segments.every(({ state }) => state === 'receipted') && segments;
  });
}

describe('a recorder in an operation', () => {
  test('is pulled, recorded and linked while it goes on, and archived and proven when it is closed', async () => {
    const live = await openSite();
    const credentials = { scheme: 'digest', userName: 'officer', password: 'se cret:1' } as const;
    const server = await camera({ codec: 'h264', audio: 'aac', credentials });
    const { recorderId } = await live.register('DEMO-001', {
      way: 'pull-rtsp',
      url: server.url,
      userName: credentials.userName,
      password: credentials.password,
    });
    await live.ask('POST', '/inbound', {
      sender: 'test',
      records: [
        { kind: 'unit', id: 'unit-1', name: '执法队', departmentId: 'd1' },
        {
          kind: 'case',
          id: 'case-1',
          number: '示罚〔2026〕1号',
          name: '示例案',
          departmentId: 'd1',
          unitId: 'unit-1',
          category: '处罚',
          openedOn: '2026-01-05',
          retention: '10年',
        },
      ],
    });
    const operationId = await live.openOperation([recorderId], { caseId: 'test/case-1' });
    await live.until(isRecording(live, recorderId));
    const growing = (await live.sessions(recorderId))[0]?.segments[0];
    expect(growing).toMatchObject({ state: 'recording', dockingId: null });
    const linked = await live.until(async () => {
      const { links } = await live.ask<{ links: { case: { caseId: string } | null; source: string }[] }>(
        'GET',
        `/clips/${growing?.clipId}/links`,
      );
      return links[0];
    });
    expect(linked).toMatchObject({ source: 'live' });
    await wait(3_000);
    await live.closeOperation(operationId);
    const [segment] = await archived(live, recorderId);
    expect(segment).toMatchObject({ kind: 'video', quarantine: null, liveSessionId: growing?.liveSessionId });
    expect(segment?.receipts[0]?.sha256).toBe(segment?.sha256);
    expect(segment?.utcStart?.kind).toBe('bounded');
    expect(live.output()).not.toContain('se cret');
    expect(live.output()).not.toContain('se%20cret');
  }, 120_000);

  test('that reboots, or whose network is gone for a while, goes on in the same session, with a gap that says why', async () => {
    const live = await openSite();
    const server = await camera({ codec: 'h264' });
    const { recorderId } = await live.register('DEMO-002', { way: 'pull-rtsp', url: server.url });
    const operationId = await live.openOperation([recorderId]);
    await live.until(isRecording(live, recorderId));
    await server.powerOff();
    await live.until(async () => (await live.alarms(recorderId)).includes('stream-lost'));
    await server.boot();
    await live.until(isRecording(live, recorderId));
    await live.until(async () => (await live.alarms(recorderId)).length === 0);
    await server.dropClients();
    await live.until(async () => (await live.sessions(recorderId))[0]?.segments.length === 3);
    await live.until(isRecording(live, recorderId));
    await live.closeOperation(operationId);
    await archived(live, recorderId);
    const sessions = await live.sessions(recorderId);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.gaps.map(({ cause }) => cause)).toEqual(['stream-lost', 'stream-lost']);
    expect(sessions[0]?.gaps.every(({ to }) => to !== null)).toBe(true);
  }, 180_000);

  test('that is not there, or wants other credentials, is told within seconds, with the reason', async () => {
    const live = await openSite();
    const server = await camera({
      codec: 'h264',
      credentials: { scheme: 'basic', userName: 'officer', password: 'right' },
    });
    const wrong = await live.register('DEMO-003', {
      way: 'pull-rtsp',
      url: server.url,
      userName: 'officer',
      password: 'wrong-password',
    });
    const silent = await live.register('DEMO-004', { way: 'push-rtsp' });
    await live.openOperation([wrong.recorderId, silent.recorderId]);
    const seen = await live.until(async () => {
      const kinds = await live.alarms(wrong.recorderId);
      return kinds.includes('not-recording') && kinds;
    });
    expect(seen).toContain('credentials-refused');
    await live.until(async () => (await live.alarms(silent.recorderId)).includes('not-recording'));
    expect(live.output()).not.toContain('wrong-password');
  }, 120_000);

  test('goes on after the gateway was killed: what was recorded stands, and a new session begins', async () => {
    const live = await openSite();
    const server = await camera({ codec: 'h264' });
    const { recorderId } = await live.register('DEMO-005', { way: 'pull-rtsp', url: server.url });
    const operationId = await live.openOperation([recorderId]);
    await live.until(isRecording(live, recorderId));
    await wait(2_500);
    await live.restart('SIGKILL');
    await live.until(isRecording(live, recorderId));
    await live.closeOperation(operationId);
    await archived(live, recorderId);
    const sessions = await live.sessions(recorderId);
    expect(sessions).toHaveLength(2);
    for (const { segments } of sessions) {
      expect(segments).toHaveLength(1);
      expect(segments[0]?.quarantine).toBeNull();
    }
  }, 180_000);
});

describe('a recorder that pushes', () => {
  test('by RTSP or RTMP is recorded, operation or not; a stranger is turned away and told of', async () => {
    const live = await openSite('live.rtmp.port=0');
    const rtsp = await live.register('DEMO-010', { way: 'push-rtsp' });
    const rtmp = await live.register('DEMO-011', { way: 'push-rtmp' });
    const url = `rtsp://127.0.0.1:${live.rtspPort}/live/any`;
    const stranger = pushRtsp({
      url,
      program: 'ffmpeg',
      transport: 'tcp',
      codec: 'h264',
      credentials: { userName: 'DEMO-010', password: 'guessed' },
      seconds: 2,
    });
    expect((await stranger.ended).code).not.toBe(0);
    const { alarms } = await live.ask<{ alarms: { kind: string }[] }>('GET', '/live/alarms?open=true');
    expect(alarms.map(({ kind }) => kind)).toContain('unregistered-push');
    const pushers = [
      pushRtsp({
        url,
        program: 'ffmpeg',
        transport: 'tcp',
        codec: 'h264',
        audio: 'aac',
        credentials: { userName: rtsp.userName, password: rtsp.password },
      }),
      pushRtmp({
        url: `rtmp://127.0.0.1:${live.rtmpPort}/live/${rtmp.userName}?key=${rtmp.password}`,
        codec: 'h264',
        audio: 'aac',
      }),
    ];
    open.push(...pushers);
    for (const { recorderId } of [rtsp, rtmp]) await live.until(isRecording(live, recorderId));
    await wait(2_000);
    for (const pusher of pushers) await pusher.stop();
    for (const { recorderId } of [rtsp, rtmp]) {
      const [segment] = await archived(live, recorderId);
      expect(segment?.sizeBytes).toBeGreaterThan(10_000);
    }
    for (const secret of [rtsp.password, rtmp.password]) expect(live.output()).not.toContain(secret);
  }, 180_000);
});
