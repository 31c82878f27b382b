/**
 * Live pictures in Chromium, glass to glass: pictures that carry the time they were made at are pushed by ffmpeg to the whole
 * gateway, and read back from the pixels of the player of the dashboard. Beside it, in the same run and from the same
 * encoder, FLV by HTTP of node-media-server in mpegts.js.
 */

import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClockPictures, PeerProcess, type Pusher, pushRtsp } from '@docket/device-protocol/live-peers';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FlvMediaServer, flvPlayerFile } from './harness/flv-media-server.ts';
import { LiveSite } from './harness/live-site.ts';
import { PlayerPage } from './harness/player-page.ts';
import { delayText, readShownClock } from './harness/shown-clock.ts';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));
const quiet = [
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  ...['--no-sandbox', '--disable-gpu', '--disable-quic'],
  // A page that the test puts in place of the gateway's counts as one from elsewhere.
  '--disable-features=LocalNetworkAccessChecks',
];
const picture = { width: 320, height: 180, framesPerSecond: 15 };

let live: LiveSite;
let gatewayUrl: string;
let player: PlayerPage;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  if (executablePath === undefined) throw new Error('no Chromium found: bash .ci/prepare tests installs it');
  [live, player, browser] = await Promise.all([
    LiveSite.open(['live.transcodings=1']),
    PlayerPage.build(),
    chromium.launch({ executablePath, args: quiet }),
  ]);
  gatewayUrl = /ready (\S+)/u.exec(live.output())?.[1] ?? '';
  page = await browser.newPage({ locale: 'zh-CN' });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
}, 120_000);

afterEach(async () => {
  await page.goto('about:blank');
  complaints.splice(0);
});
afterAll(async () => {
  await browser?.close();
  await live?.close();
});

async function untilShown(): Promise<void> {
  await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0, null, {
    timeout: 60_000,
  });
}

/** Until the player says that it is live, with pictures of this width. */
async function untilLive(width: number): Promise<void> {
  await page.getByRole('status').getByText('直播', { exact: true }).waitFor({ timeout: 60_000 });
  await page.waitForFunction((wanted) => document.querySelector('video')?.videoWidth === wanted, width, {
    timeout: 60_000,
  });
}

/** One encoder, whose pictures go by RTSP to the gateway and by RTMP to the other server. */
function pushBoth(rtspUrl: string, rtmpUrl: string) {
  const { width, height, framesPerSecond } = picture;
  const outputs = `[f=rtsp:rtsp_transport=tcp]${rtspUrl}|[f=flv:flvflags=no_duration_filesize:onfail=ignore]${rtmpUrl}`;
  const peer = new PeerProcess('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-use_wallclock_as_timestamps', '1'],
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(framesPerSecond)],
    ...[
      '-i',
      'pipe:0',
      '-an',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-tune',
      'zerolatency',
      '-threads',
      '1',
    ],
    ...['-bf', '0', '-g', '30', '-b:v', '800k', '-flags', '+global_header', '-fps_mode', 'passthrough'],
    ...['-f', 'tee', '-map', '0:v:0', outputs],
  ]);
  const pictures = new ClockPictures(peer.input, picture);
  return async () => {
    pictures.stop();
    await peer.stop();
  };
}

test('pictures are shown as they are made, and sooner than by FLV', { timeout: 180_000 }, async () => {
  const { recorderId, userName, password } = await live.register('CAM-PLAY', { way: 'push-rtsp' });
  await live.openOperation([recorderId]);
  const flv = await FlvMediaServer.start();
  const stop = pushBoth(`rtsp://${userName}:${password}@127.0.0.1:${live.rtspPort}/live/a`, flv.rtmpUrl);
  const flvPage = await serveFlvPage(flv.flvUrl);
  try {
    await live.until(async () => (await live.stream(recorderId))?.lastUnitAt);
    await player.open(page, gatewayUrl, recorderId);
    await untilShown();
    await readShownClock(page, 60);
    const ours = await readShownClock(page, 90);
    await page.getByText('直播', { exact: true }).waitFor();
    const told = await page.locator('figcaption').textContent();
    expect(told).toMatch(/延迟 \d\.\d\d 秒/u);
    expect(complaints).toEqual([]);
    expect(ours.unreadable).toBeLessThan(9);
    const steps = ours.madeAtMs.slice(1).map((madeAtMs, index) => madeAtMs - (ours.madeAtMs[index] ?? 0));
    expect(steps.filter((step) => step < 0)).toEqual([]);
    expect(steps.filter((step) => step > 0).length).toBeGreaterThan(60);

    await page.goto(flvPage.url);
    await untilShown();
    await readShownClock(page, 60);
    const theirs = await readShownClock(page, 90);
    expect(theirs.madeAtMs.length).toBeGreaterThan(60);
    console.log(`glass to glass, fragmented MP4 by WebSocket: ${delayText(ours)} (the player says: ${told})`);
    console.log(`glass to glass, FLV by HTTP of node-media-server, mpegts.js: ${delayText(theirs)}`);
  } finally {
    await page.goto('about:blank');
    await stop();
    await flv.stop();
    flvPage.server.close();
    flvPage.server.closeAllConnections();
  }
});

test('H.265 is shown transcoded and says so; the player follows another format and a gateway that restarts', {
  timeout: 180_000,
}, async () => {
  const { recorderId, userName, password } = await live.register('CAM-H265', { way: 'push-rtsp' });
  await live.openOperation([recorderId]);
  const url = `rtsp://127.0.0.1:${live.rtspPort}/live/a`;
  const credentials = { userName, password };
  const usual = { program: 'ffmpeg', transport: 'tcp', credentials, framesPerSecond: 10 } as const;
  let pusher: Pusher = pushRtsp({
    ...{ ...picture, ...usual, codec: 'h265', url, kilobitsPerSecond: 800, burntInClock: true },
  });
  try {
    await live.until(async () => (await live.stream(recorderId))?.lastUnitAt);
    await player.open(page, gatewayUrl, recorderId);
    await untilShown();
    await page.getByText('画面由 H.265 转码').waitFor();
    expect(transcoders()).toBe(1);
    const shown = await readShownClock(page, 40);
    expect(new Set(shown.madeAtMs).size).toBeGreaterThan(10);
    console.log(`glass to glass, transcoded from H.265: ${delayText(shown)}`);
    expect(complaints).toEqual([]);

    // It comes back as H.264 in another size, and takes the place of what was.
    const replaced = pusher.ended;
    pusher = pushRtsp({ ...usual, codec: 'h264', audio: 'none', width: 640, height: 360, url });
    await replaced;
    await untilLive(640);
    expect(await page.getByText('画面由 H.265 转码').count()).toBe(0);
    await live.until(async () => transcoders() === 0);

    const ended = pusher.ended;
    const restarted = live.restart('SIGKILL');
    await page.getByRole('status').getByText('中断，正在重连').waitFor();
    await Promise.all([restarted, ended]);
    const again = `rtsp://127.0.0.1:${live.rtspPort}/live/a`;
    pusher = pushRtsp({ ...usual, codec: 'h264', audio: 'none', width: 320, height: 180, url: again });
    await untilLive(320);

    await page.addInitScript('MediaSource.isTypeSupported = (type) => !type.includes("avc1");');
    await player.open(page, gatewayUrl, recorderId);
    await page.getByText('此浏览器不支持实时画面').waitFor();
    await page.getByRole('img', { name: '静态画面' }).waitFor();
  } finally {
    await pusher.stop();
  }
});

/** Transcoders that run for the gateway: its only children that write FLV. */
function transcoders(): number {
  const { pid } = live.process;
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter((child) => child.trim() !== ''),
  );
  const commands = children.map((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  });
  return commands.filter((command) => command.startsWith('ffmpeg') && command.includes('\0flv\0')).length;
}

/** A page with mpegts.js, set for the least delay it can keep. */
async function serveFlvPage(flvUrl: string): Promise<{ server: Server; url: string }> {
  const script = readFileSync(flvPlayerFile);
  const settings = `{ enableStashBuffer: false, liveBufferLatencyChasing: true, liveBufferLatencyMaxLatency: 0.8, liveBufferLatencyMinRemain: 0.2 }`;
  const source = `{ type: 'flv', isLive: true, hasAudio: false, url: '${flvUrl}' }`;
  const html = `<video muted playsinline></video><script src="/mpegts.js"></script><script>
    const player = mpegts.createPlayer(${source}, ${settings});
    player.attachMediaElement(document.querySelector('video')); player.load(); player.play();</script>`;
  const server = createServer((request, response) => {
    if (request.url === '/mpegts.js') response.end(script);
    else response.setHeader('content-type', 'text/html').end(html);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
