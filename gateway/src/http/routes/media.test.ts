import { mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway } from '../testing/test-gateway.ts';

const mp4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0'), Buffer.alloc(9_984, 7)]);
const path = '/api/v1/clips/c1/media';
let gateway: TestGateway;
let sha256: string | null;

beforeEach(async () => {
  gateway = await TestGateway.open();
  await gateway.addDocking('d1');
  sha256 = await gateway.addClip('c1', 'd1', { name: '执法"记录\r\n.html', bytes: mp4 });
});
afterEach(() => gateway.close());

test('the whole file, its type by its bytes, fenced in', async () => {
  const { status, headers, body } = await gateway.ask(path);
  expect(status).toBe(200);
  expect(body.equals(mp4)).toBe(true);
  expect(headers).toMatchObject({
    'content-type': 'video/mp4',
    'content-length': '10000',
    etag: `"${sha256}"`,
    'accept-ranges': 'bytes',
    'content-disposition': 'inline',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    'content-security-policy': expect.stringContaining('sandbox'),
  });
});

describe('ranges', () => {
  test.each([
    ['bytes=0-0', 206, 'bytes 0-0/10000', mp4.subarray(0, 1)],
    ['bytes=10-19', 206, 'bytes 10-19/10000', mp4.subarray(10, 20)],
    ['bytes=9990-', 206, 'bytes 9990-9999/10000', mp4.subarray(9_990)],
    ['bytes=-7', 206, 'bytes 9993-9999/10000', mp4.subarray(9_993)],
    ['bytes=-20000', 206, 'bytes 0-9999/10000', mp4],
    ['bytes=5-999999', 206, 'bytes 5-9999/10000', mp4.subarray(5)],
    ['bytes=0-1,3-4', 200, undefined, mp4],
    ['bytes=9-3', 200, undefined, mp4],
    ['lines=0-1', 200, undefined, mp4],
    ['bytes=-', 200, undefined, mp4],
  ])('%s is %i', async (range, status, contentRange, bytes) => {
    const answer = await gateway.ask(path, { headers: { range } });
    expect([answer.status, answer.headers['content-range']]).toEqual([status, contentRange]);
    expect(answer.headers['content-length']).toBe(String(bytes.length));
    expect(answer.body.equals(bytes)).toBe(true);
  });

  test.each(['bytes=10000-', 'bytes=99999-100000', 'bytes=-0'])('%s lies outside', async (range) => {
    const answer = await gateway.ask(path, { headers: { range } });
    expect([answer.status, answer.json.code]).toEqual([416, 'range-not-satisfiable']);
    expect(answer.headers['content-range']).toBe('bytes */10000');
  });

  test('count only while the file is the one meant', async () => {
    const range = 'bytes=0-1';
    const same = await gateway.ask(path, { headers: { range, 'if-range': `"${sha256}"` } });
    const other = await gateway.ask(path, { headers: { range, 'if-range': '"other"' } });
    expect([same.status, other.status]).toEqual([206, 200]);
  });
});

test('HEAD tells the same without the bytes, and reads none of them', async () => {
  const whole = await gateway.ask(path, { method: 'HEAD' });
  expect([whole.status, whole.headers['content-length'], whole.body.length]).toEqual([200, '10000', 0]);
  const part = await gateway.ask(path, { method: 'HEAD', headers: { range: 'bytes=-5' } });
  expect([part.status, part.headers['content-length']]).toEqual([206, '5']);
});

test('a copy the client still holds is not sent again', async () => {
  const answer = await gateway.ask(path, { headers: { 'if-none-match': `"x", W/"${sha256}"` } });
  expect([answer.status, answer.body.length]).toEqual([304, 0]);
});

test('a download has a safe name that ends in what the bytes are', async () => {
  const { headers } = await gateway.ask(`${path}?download=1`);
  const utf8 = encodeURIComponent('执法_记录__.html.mp4');
  expect(headers['content-disposition']).toBe(
    `attachment; filename="________.html.mp4"; filename*=UTF-8''${utf8}`.replace('________', '_______'),
  );
});

test('unknown bytes are bytes, whatever the name says', async () => {
  await gateway.addClip('c2', 'd1', { name: 'x.html', bytes: Buffer.from('<script>alert(1)</script>') });
  const { headers } = await gateway.ask('/api/v1/clips/c2/media');
  expect(headers['content-type']).toBe('application/octet-stream');
  await gateway.addClip('c3', 'd1', { bytes: Buffer.alloc(0) });
  const empty = await gateway.ask('/api/v1/clips/c3/media');
  expect([empty.status, empty.headers['content-length']]).toEqual([200, '0']);
});

test('what is not stored, gone, or no plain file', async () => {
  await gateway.addClip('c4', 'd1');
  expect((await gateway.ask('/api/v1/clips/c4/media')).json.code).toBe('media-not-stored');
  expect((await gateway.ask('/api/v1/clips/none/media')).json.code).toBe('not-found');
  await gateway.addClip('c5', 'd1', { bytes: mp4 });
  await gateway.database.write((transaction) =>
    transaction.run("UPDATE clip SET store_path = 'linked' WHERE clip_id = 'c5'"),
  );
  await mkdir(join(gateway.folder, 'linked'));
  await symlink(join(gateway.folder, 'c5', 'media'), join(gateway.folder, 'linked', 'media'));
  expect((await gateway.ask('/api/v1/clips/c5/media')).json.code).toBe('media-not-stored');
});

test('a thumbnail, once there is one', async () => {
  expect((await gateway.ask('/api/v1/clips/c1/thumbnail')).json.code).toBe('no-thumbnail');
  const file = join(gateway.folder, 'previews', 'c1.jpg');
  await mkdir(dirname(file));
  await writeFile(file, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2]));
  await gateway.database.write((transaction) =>
    transaction.run("UPDATE clip SET preview_state = 'thumbnail'"),
  );
  const { status, headers } = await gateway.ask('/api/v1/clips/c1/thumbnail');
  expect([status, headers['content-type'], headers['content-length']]).toEqual([200, 'image/jpeg', '6']);
});

test('a client that leaves in the middle leaves no file open', async () => {
  const size = 32 * 1024 * 1024;
  await gateway.addClip('big', 'd1', { bytes: Buffer.alloc(size, 1) });
  const file = join(gateway.folder, 'big', 'media');
  const { hostname, port } = new URL(gateway.server.url());
  const socket = connect(Number(port), hostname);
  socket.write(`GET /api/v1/clips/big/media HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  expect(await openFiles()).toContain(file);
  socket.destroy();
  while ((await openFiles()).includes(file)) await new Promise(setImmediate);
});

async function openFiles(): Promise<string[]> {
  const links = await readdir('/proc/self/fd');
  return Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
}
