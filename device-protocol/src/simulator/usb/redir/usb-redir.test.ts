import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ControlSetup, UsbConnection } from '../../../usb/usb-connection.ts';
import { type Deed, endpoints, pattern, requests, scriptedDevice } from '../testing/scripted-device.ts';
import { connectUsbRedir, type RedirPlug, startUsbRedirServer } from './device-side.ts';
import { openUsbRedir } from './host-side.ts';

const { signal } = new AbortController();
const options = { timeoutMs: 20_000, signal };
const deed: ControlSetup = {
  type: 'vendor',
  recipient: 'device',
  request: requests.deed,
  value: 0,
  index: 0,
};

let folder: string;
let address: { path: string };
const plugs: RedirPlug[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-redir-'));
  address = { path: join(folder, 'usb.sock') };
});
afterEach(async () => {
  for (const plug of plugs.splice(0)) await plug.unplug();
  await rm(folder, { recursive: true });
});

async function serve(device = scriptedDevice()) {
  const plug = await startUsbRedirServer(device, address);
  plugs.push(plug);
  return { plug, device };
}

async function open() {
  const remote = await openUsbRedir(address, { signal });
  return { remote, connection: await remote.openUsb(remote.device, 0, signal) };
}

const tell = (connection: UsbConnection, what: Deed) =>
  connection.controlOut(deed, Buffer.from(JSON.stringify(what)), options);

test('a megabyte goes each way', async () => {
  await serve();
  const { connection } = await open();
  await connection.bulkOut(pattern(1_000_000), options);
  await tell(connection, { do: 'send', endpoint: endpoints.bulkIn, lengthBytes: 1_000_000, isEnd: true });
  expect(Buffer.from(await connection.bulkIn(1024 * 1024, options)).equals(pattern(1_000_000))).toBe(true);
});

test('interrupt packets come while a bulk read waits', async () => {
  await serve();
  const { connection } = await open();
  const waiting = connection.bulkIn(512, options);
  await tell(connection, { do: 'send', endpoint: endpoints.interruptIn, lengthBytes: 100, isEnd: true });
  expect(await connection.interruptIn(128, options)).toEqual(pattern(100));
  await tell(connection, { do: 'send', endpoint: endpoints.bulkIn, lengthBytes: 1, isEnd: true });
  expect(await waiting).toEqual(pattern(1));
});

test('a halted interrupt endpoint stalls until it is cleared, and then brings packets again', async () => {
  await serve();
  const { connection } = await open();
  await tell(connection, { do: 'halt', endpoint: endpoints.interruptIn });
  for (const _ of [1, 2]) {
    await expect(connection.interruptIn(64, options)).rejects.toMatchObject({ code: 'STALL' });
  }
  await connection.clearHalt(endpoints.interruptIn, signal);
  await tell(connection, { do: 'send', endpoint: endpoints.interruptIn, lengthBytes: 7, isEnd: true });
  expect(await connection.interruptIn(64, options)).toEqual(pattern(7));
});

describe('the plug', () => {
  test('pulled by the device ends what waits', async () => {
    const { device, plug } = await serve();
    const { remote, connection } = await open();
    const waiting = expect(connection.bulkIn(512, options)).rejects.toMatchObject({ code: 'GONE' });
    await plug.unplug();
    await waiting;
    expect(remote.current()).toBeNull();
    expect(device.calls).toEqual(['attached', 'detached']);
    await expect(openUsbRedir(address, { signal })).rejects.toMatchObject({ code: 'GONE' });
  });

  test('pulled by the host lets the next host plug the device in anew', async () => {
    const { device } = await serve();
    (await open()).remote.unplug();
    // The server takes one host at a time and may not have heard of the first one's leaving yet.
    while (!device.calls.includes('detached')) await new Promise((resolve) => setImmediate(resolve));
    const { connection } = await open();
    await connection.bulkOut(pattern(3), options);
    expect(device.calls).toEqual(['attached', 'detached', 'attached', 'received 2 3']);
  });

  test('stays where the device comes back as another one', async () => {
    await serve();
    const { remote, connection } = await open();
    await tell(connection, { do: 'reenumerate', productId: 0x0002 });
    const next = await remote.deviceAfter(remote.device, signal);
    expect(next).toMatchObject({ portPath: '1-1', productId: 2 });
    await expect(connection.bulkIn(512, options)).rejects.toMatchObject({ code: 'GONE' });
    const again = await remote.openUsb(next, 0, signal);
    await again.bulkOut(pattern(3), options);
  });

  test('goes into a host that listens, as QEMU does', async () => {
    const server: Server = createServer();
    server.listen(address.path);
    await once(server, 'listening');
    const accepted: Promise<Socket[]> = once(server, 'connection') as Promise<Socket[]>;
    const device = scriptedDevice();
    const plug = await connectUsbRedir(device, address);
    const [socket] = await accepted;
    if (socket === undefined) throw new Error('nobody connected');
    const [hello] = await once(socket, 'data');
    // usbredirproto 0.7: type 0, 68 bytes, 32-bit id 0, then 64 bytes of version and one word of capabilities.
    expect(Buffer.from(hello).subarray(0, 12).toString('hex')).toBe('000000004400000000000000');
    socket.destroy();
    await plug.left;
    server.close();
  });
});

test('over TCP', async () => {
  const plug = await startUsbRedirServer(scriptedDevice(), { host: '127.0.0.1', port: 0 });
  plugs.push(plug);
  const remote = await openUsbRedir(plug.address, { signal, portPath: '2-4' });
  expect(remote.device).toMatchObject({ portPath: '2-4', serialNumber: 'DEMO-001' });
  remote.unplug();
});

describe('a peer that breaks the protocol is left', () => {
  async function send(bytes: Uint8Array): Promise<void> {
    const socket = connect(address.path);
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    socket.resume();
    socket.write(bytes);
    await closed;
  }
  const hello = Buffer.concat([Buffer.from('000000004000000000000000', 'hex'), Buffer.alloc(64)]);

  test.each([
    ['without a hello', Buffer.from('030000000000000000000000', 'hex')],
    [
      'with a packet that would fill the memory',
      Buffer.concat([hello, Buffer.from('65000000ffffffff01000000', 'hex')]),
    ],
    [
      'with a control request cut short',
      Buffer.concat([hello, Buffer.from('64000000020000000100000000ff', 'hex')]),
    ],
    [
      'with a packet only a device sends',
      Buffer.concat([hello, Buffer.from('010000000000000001000000', 'hex')]),
    ],
  ])('%s', async (_, bytes) => {
    const { device } = await serve();
    await send(bytes);
    while (device.calls.at(-1) === 'attached') await new Promise((resolve) => setImmediate(resolve));
    const { connection } = await open();
    await connection.bulkOut(pattern(1), options);
  });

  test('by the host: an answer longer than what was asked for', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      // The hello, a device, and an answer of 19 bytes to the first question for 18.
      const device = Buffer.from('0100000008000000000000000200000009120100', 'hex');
      const answer = Buffer.concat([
        Buffer.from('640000001d00000001000000', 'hex'),
        Buffer.from('80068000000100001300', 'hex'),
        Buffer.alloc(19),
      ]);
      socket.write(Buffer.concat([hello, device, answer]));
    });
    server.listen(address.path);
    await once(server, 'listening');
    await expect(openUsbRedir(address, { signal })).rejects.toMatchObject({ code: 'GONE' });
    server.close();
  });
});
