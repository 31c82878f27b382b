import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseChronyTracking } from './chrony.ts';
import { isSynchronised } from './host-clock.ts';
import { type HostClockOptions, HostClockReader } from './host-clock-reader.ts';
import { HostClockWatch } from './host-clock-watch.ts';
import { parseSystemClock, parseTimesyncd } from './timedatectl.ts';
import { parseTimespan } from './timespan.ts';

const readAt = new Date('2026-11-22T11:45:00Z');

/** Printed by chronyc 4.3 (Debian 12) against chronyd with one server, with a local clock only, and with none. */
const tracking = {
  client:
    '7F000001,127.0.0.1,4,1795347868.414694123,-0.000001876,0.000000047,0.000001326,0.044,0.001,0.218,0.000005119,0.000002970,0.5,Normal\n',
  local:
    '7F7F0101,,3,1795348163.031847603,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n',
  none: '00000000,,0,0.000000000,0.000000003,0.000000000,0.000000000,-0.002,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n',
  silent: '506 Cannot talk to daemon\n',
};

describe('chrony', () => {
  test('the bound is |system time| + root delay / 2 + root dispersion', () => {
    expect(parseChronyTracking(tracking.client, readAt)).toEqual({
      source: 'chrony',
      state: 'synchronised',
      stratum: 4,
      rootDelayMs: 0.006,
      rootDispersionMs: 0.003,
      // 1.876 µs + 5.119 µs / 2 + 2.970 µs = 7.4055 µs
      boundMs: 0.008,
      leap: 'none',
      readAt: '2026-11-22T11:45:00.000Z',
    });
  });

  test('a clock that only follows itself is not synchronised', () => {
    expect(parseChronyTracking(tracking.local, readAt)).toMatchObject({
      state: 'unsynchronised',
      boundMs: null,
    });
  });

  test('a clock without a source is not synchronised', () => {
    expect(parseChronyTracking(tracking.none, readAt)).toMatchObject({
      state: 'unsynchronised',
      leap: 'not-synchronised',
      boundMs: null,
    });
  });

  test.each([
    tracking.silent,
    '',
    'a,b,c',
    tracking.client.replace('Normal', 'Fine'),
    tracking.client.replace('4,', '-4,'),
  ])('no answer of tracking: %j', (text) => expect(parseChronyTracking(text, readAt)).toBeNull());
});

/** Written after the source of systemd 252 (timedatectl.c); no systemd runs where the tests do. */
const show = (isSynchronised: string) =>
  `Timezone=Asia/Shanghai\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=${isSynchronised}\nTimeUSec=Sun 2026-11-22 11:45:00 UTC\n`;
const showTimesync =
  'SystemNTPServers=ntp.aliyun.com\nServerName=ntp.aliyun.com\nServerAddress=203.107.6.88\nRootDistanceMaxUSec=5s\nPollIntervalMinUSec=32s\nPollIntervalMaxUSec=34min 8s\nPollIntervalUSec=1min 4s\n' +
  'NTPMessage={ Leap=0, Version=4, Mode=4, Stratum=2, Precision=-25, RootDelay=8.010ms, RootDispersion=1.500ms, Reference=0A893506, OriginateTimestamp=Sun 2026-11-22 11:44:00 UTC, ReceiveTimestamp=Sun 2026-11-22 11:44:00 UTC, TransmitTimestamp=Sun 2026-11-22 11:44:00 UTC, DestinationTimestamp=Sun 2026-11-22 11:44:00 UTC, Ignored=no, PacketCount=3, Jitter=1.250ms }\nFrequency=-123456\n';
const timesyncStatus =
  '       Server: 203.107.6.88 (ntp.aliyun.com)\nPoll interval: 1min 4s (min: 32s; max 34min 8s)\n         Leap: normal\n      Version: 4\n      Stratum: 2\n    Reference: 0A893506\n    Precision: 0 (-25)\nRoot distance: 5.505ms (max: 5s)\n       Offset: -2.250ms\n        Delay: 30.500ms\n       Jitter: 1.250ms\n Packet count: 3\n    Frequency: -1.884ppm\n';

describe('timedatectl', () => {
  test('timesyncd: what its server is worth, and the way to that server', () => {
    expect(parseTimesyncd({ show: show('yes'), showTimesync, timesyncStatus }, readAt)).toMatchObject({
      source: 'timesyncd',
      state: 'synchronised',
      stratum: 2,
      rootDelayMs: 8.01,
      rootDispersionMs: 1.5,
      leap: 'none',
      // 8.01 / 2 + 1.5 + 2.25 + 30.5 / 2 + 1.25 + 60 s · 15 ppm
      boundMs: 25.155,
    });
  });

  test('timesyncd: with the way untold the kernel’s own limit is the bound', () => {
    expect(parseTimesyncd({ show: show('yes'), showTimesync, timesyncStatus: null }, readAt)).toMatchObject({
      boundMs: 16_000,
    });
  });

  test('timesyncd: not yet synchronised', () => {
    const host = parseTimesyncd({ show: show('no'), showTimesync, timesyncStatus }, readAt);
    expect(host).toMatchObject({ state: 'unsynchronised', boundMs: null });
  });

  test('timesyncd that has heard nobody says nothing', () => {
    const silent = 'SystemNTPServers=ntp.aliyun.com\nPollIntervalUSec=0\n';
    expect(parseTimesyncd({ show: show('yes'), showTimesync: silent, timesyncStatus }, readAt)).toBeNull();
  });

  test('the kernel: synchronised within 16 s, or not', () => {
    const answers = { showTimesync: null, timesyncStatus: null };
    expect(parseSystemClock({ show: show('yes'), ...answers }, readAt)).toMatchObject({
      source: 'system',
      state: 'synchronised',
      boundMs: 16_000,
    });
    expect(parseSystemClock({ show: show('no'), ...answers }, readAt)).toMatchObject({
      state: 'unsynchronised',
      boundMs: null,
    });
    expect(parseSystemClock({ show: 'Failed to connect to bus', ...answers }, readAt)).toBeNull();
  });

  test.each([
    ['0', 0],
    ['350us', 0.00035],
    ['8.010ms', 0.00801],
    ['-2.250ms', -0.00225],
    ['+1s', 1],
    ['1min 4s', 64],
    ['34min 8s', 2048],
    ['1h 2min 3.5s', 3723.5],
    ['', null],
    ['n/a', null],
    ['5', null],
    ['1 2', null],
  ])('the span %j', (text, seconds) => {
    if (seconds === null) expect(parseTimespan(text)).toBeNull();
    else expect(parseTimespan(text)).toBeCloseTo(seconds, 9);
  });
});

describe('asking for the host’s clock', () => {
  const never = new AbortController().signal;
  const reader = (answers: Record<string, string>, change: Partial<HostClockOptions> = {}) =>
    new HostClockReader({
      source: 'auto',
      assumedBoundMs: 100,
      ask: async (command, [first = '']) => answers[`${command} ${first}`] ?? null,
      ...change,
    });
  const systemd = {
    'timedatectl show': show('yes'),
    'timedatectl show-timesync': showTimesync,
    'timedatectl timesync-status': timesyncStatus,
  };

  test('where nobody can be asked it is unknown, and so not to be measured against', async () => {
    const host = await reader({}).read(never);
    expect(host).toMatchObject({ source: 'none', state: 'unknown', boundMs: null });
    expect(isSynchronised(host)).toBe(false);
  });

  test('chrony before timesyncd, timesyncd before the kernel', async () => {
    const chrony = { 'chronyc -c': tracking.client };
    expect(await reader({ ...systemd, ...chrony }).read(never)).toMatchObject({ source: 'chrony' });
    expect(await reader(systemd).read(never)).toMatchObject({ source: 'timesyncd' });
    expect(await reader({ 'timedatectl show': show('yes') }).read(never)).toMatchObject({ source: 'system' });
    expect(await reader({ ...systemd, ...chrony }, { source: 'system' }).read(never)).toMatchObject({
      source: 'system',
    });
    expect(await reader(systemd, { source: 'chrony' }).read(never)).toMatchObject({ source: 'none' });
  });

  test('what an operator vouches for is told as such', async () => {
    expect(await reader({}, { source: 'assume-synchronised' }).read(never)).toMatchObject({
      source: 'assumed',
      state: 'synchronised',
      boundMs: 100,
    });
  });

  test('a young answer is given again, never narrower', async () => {
    let asked = 0;
    const one = reader(
      {},
      {
        ask: async (command) => {
          asked += 1;
          return command === 'chronyc' ? tracking.client : null;
        },
      },
    );
    const first = await one.read(never);
    await delay(2);
    const second = await one.read(never);
    expect(asked).toBe(1);
    expect(second.boundMs).toBeGreaterThan(first.boundMs as number);
  });

  test('the tools of this machine are asked without harm', async () => {
    const host = await new HostClockReader({ source: 'auto', assumedBoundMs: 100 }).read(never);
    expect(['synchronised', 'unsynchronised', 'unknown']).toContain(host.state);
  });
});

describe('a watch over the host’s clock', () => {
  const clocks = { wall: 1_000_000, monotonic: 500, pauseMs: 0 };
  const instants = {
    wallMs: () => Math.floor(clocks.wall),
    monotonicMs: () => {
      clocks.monotonic += clocks.pauseMs;
      clocks.wall += clocks.pauseMs;
      return clocks.monotonic;
    },
  };
  const pass = (ms: number) => {
    clocks.wall += ms;
    clocks.monotonic += ms;
  };

  test('time that only passes is no jump, however long the process was held up', () => {
    const watch = new HostClockWatch(instants);
    pass(3_600_000);
    clocks.pauseMs = 700;
    expect(watch.jumpMs()).toBeNull();
    clocks.pauseMs = 0;
    expect(watch.jumpMs()).toBeNull();
  });

  test.each([60_000, -60_000, 50, -50])('a step of %d ms is told', (stepMs) => {
    const watch = new HostClockWatch(instants);
    pass(1234.5);
    clocks.wall += stepMs;
    expect(Math.abs((watch.jumpMs() as number) - stepMs)).toBeLessThanOrEqual(2);
  });

  test('this machine’s clocks agree with each other', () => {
    expect(new HostClockWatch().jumpMs()).toBeNull();
  });
});
