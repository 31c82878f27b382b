import { describe, expect, test } from 'vitest';
import type { ControlSetup, UsbConnection } from '../../usb/usb-connection.ts';
import { connectInProcess } from './in-process.ts';
import { type Deed, endpoints, pattern, requests, scriptedDevice } from './testing/scripted-device.ts';

const { signal } = new AbortController();
const options = { timeoutMs: 10_000, signal };
/** Long enough for what is there already, and all that one waits for what never comes. */
const briefly = { timeoutMs: 1, signal };
const vendor = (request: number): ControlSetup => ({
  type: 'vendor',
  recipient: 'device',
  request,
  value: 0,
  index: 0,
});
const standard = (request: number, value: number, index = 0): ControlSetup => ({
  type: 'standard',
  recipient: 'device',
  request,
  value,
  index,
});

async function open(device = scriptedDevice(), inProcess = {}) {
  const plugged = connectInProcess(device, inProcess);
  const connection = await plugged.openUsb(plugged.device, 0, signal);
  return { device, plugged, connection };
}

const tell = (connection: UsbConnection, deed: Deed) =>
  connection.controlOut(vendor(requests.deed), Buffer.from(JSON.stringify(deed)), options);
const send = (connection: UsbConnection, lengthBytes: number, isEnd = true) =>
  tell(connection, { do: 'send', endpoint: endpoints.bulkIn, lengthBytes, isEnd });

test('a device is known by its descriptors', () => {
  expect(connectInProcess(scriptedDevice(), { portPath: '1-2.3' }).device).toEqual({
    portPath: '1-2.3',
    busNumber: 1,
    deviceAddress: 1,
    vendorId: 0x1209,
    productId: 1,
    release: 0x0102,
    class: 0,
    manufacturer: '示例厂商',
    product: 'Scripted',
    serialNumber: 'DEMO-001',
    interfaces: [{ number: 0, class: 0xff, subclass: 0x42, protocol: 1 }],
  });
});

describe('bulk transfers towards the host', () => {
  test('end with a short packet', async () => {
    const { connection } = await open();
    await send(connection, 700);
    expect(await connection.bulkIn(4096, options)).toEqual(pattern(700));
  });

  test('of whole packets end with an empty one, which is read on its own where the read was full', async () => {
    const { connection } = await open();
    await send(connection, 1024);
    expect(await connection.bulkIn(1024, options)).toEqual(pattern(1024));
    expect(await connection.bulkIn(1024, options)).toEqual(new Uint8Array(0));
    await send(connection, 1024);
    expect(await connection.bulkIn(4096, options)).toEqual(pattern(1024));
    await expect(connection.bulkIn(512, briefly)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  test('that go on run together until one ends', async () => {
    const { connection } = await open();
    await send(connection, 100, false);
    await expect(connection.bulkIn(512, briefly)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await send(connection, 500, true);
    expect((await connection.bulkIn(512, options)).length).toBe(512);
    expect((await connection.bulkIn(512, options)).length).toBe(88);
  });

  test('may be read to exactly their length, but not below a packet', async () => {
    const { connection } = await open();
    await send(connection, 13);
    expect(await connection.bulkIn(13, options)).toEqual(pattern(13));
    await send(connection, 600);
    await expect(connection.bulkIn(100, options)).rejects.toMatchObject({ code: 'OVERFLOW' });
    expect((await connection.bulkIn(100, options)).length).toBe(88);
  });

  test('wait for bytes that come later', async () => {
    const { connection } = await open();
    const read = connection.bulkIn(512, options);
    await send(connection, 3);
    expect(await read).toEqual(pattern(3));
  });
});

test('bytes towards the device come as sent, with an empty packet where asked for', async () => {
  const { connection, device } = await open();
  await connection.bulkOut(pattern(1024), options);
  await connection.bulkOut(pattern(1024), { ...options, endWithEmptyPacket: true });
  await connection.bulkOut(pattern(5), { ...options, endWithEmptyPacket: true });
  expect(device.calls).toEqual([
    'attached',
    'received 2 1024',
    'received 2 1024',
    'received 2 0',
    'received 2 5',
  ]);
});

test('bytes towards the device are cut as a kernel cuts them', async () => {
  const { connection, device } = await open(scriptedDevice(), { outPieceBytes: 1024 });
  await connection.bulkOut(pattern(2500), options);
  expect(device.calls).toEqual(['attached', 'received 2 1024', 'received 2 1024', 'received 2 452']);
  expect(await connection.controlIn(vendor(requests.heard), 4096, options)).toEqual(pattern(2500));
});

test('a halted endpoint stalls until the host clears it, and keeps its bytes', async () => {
  const { connection, device } = await open();
  await send(connection, 3);
  const waiting = connection.bulkIn(512, options);
  expect(await waiting).toEqual(pattern(3));
  await tell(connection, { do: 'halt', endpoint: endpoints.bulkIn });
  await send(connection, 4);
  await expect(connection.bulkIn(512, options)).rejects.toMatchObject({ code: 'STALL' });
  await connection.clearHalt(endpoints.bulkIn, signal);
  expect(device.calls.at(-1)).toBe('cleared 129');
  expect(await connection.bulkIn(512, options)).toEqual(pattern(4));
  await tell(connection, { do: 'halt', endpoint: endpoints.bulkOut });
  await expect(connection.bulkOut(pattern(1), options)).rejects.toMatchObject({ code: 'STALL' });
});

test('a halt ends a read that waits', async () => {
  const { connection } = await open();
  const waiting = connection.bulkIn(512, options);
  const stalled = expect(waiting).rejects.toMatchObject({ code: 'STALL' });
  await tell(connection, { do: 'halt', endpoint: endpoints.bulkIn });
  await stalled;
});

describe('control requests', () => {
  test('are stalled by the device, and the next one goes through', async () => {
    const { connection } = await open();
    await expect(connection.controlIn(vendor(requests.stall), 4, options)).rejects.toMatchObject({
      code: 'STALL',
    });
    expect(await connection.controlIn(vendor(requests.heard), 4, options)).toEqual(new Uint8Array(0));
  });

  test('of USB itself are answered', async () => {
    const { connection } = await open();
    expect(await connection.controlIn(standard(8, 0), 1, options)).toEqual(Uint8Array.of(1));
    expect(await connection.controlIn(standard(0, 0), 2, options)).toEqual(Uint8Array.of(1, 0));
    expect((await connection.controlIn(standard(6, 0x0100), 8, options)).length).toBe(8);
    await expect(connection.controlIn(standard(6, 0x0600), 10, options)).rejects.toMatchObject({
      code: 'STALL',
    });
    await tell(connection, { do: 'halt', endpoint: endpoints.bulkIn });
    const endpointStatus = { ...standard(0, 0, endpoints.bulkIn), recipient: 'endpoint' as const };
    expect(await connection.controlIn(endpointStatus, 2, options)).toEqual(Uint8Array.of(1, 0));
  });
});

describe('the plug', () => {
  test('pulled ends what waits and all that follows', async () => {
    const { connection, plugged, device } = await open();
    const waiting = expect(connection.bulkIn(512, options)).rejects.toMatchObject({ code: 'GONE' });
    plugged.unplug();
    await waiting;
    expect(device.calls).toEqual(['attached', 'detached']);
    expect(plugged.current()).toBeNull();
    await expect(connection.bulkOut(pattern(1), options)).rejects.toMatchObject({ code: 'GONE' });
    await expect(plugged.openUsb(plugged.device, 0, signal)).rejects.toMatchObject({ code: 'GONE' });
  });

  test('stays where a device comes back as another one', async () => {
    const { connection, plugged } = await open();
    await tell(connection, { do: 'reenumerate', productId: 0x0002 });
    await expect(connection.bulkIn(512, options)).rejects.toMatchObject({ code: 'GONE' });
    const next = await plugged.deviceAfter(plugged.device, signal);
    expect(next).toMatchObject({ portPath: plugged.device.portPath, productId: 2, deviceAddress: 2 });
    const again = await plugged.openUsb(next, 0, signal);
    await send(again, 2);
    expect(await again.bulkIn(512, options)).toEqual(pattern(2));
  });
});

test('a reset drops what was queued and halted', async () => {
  const { connection, device } = await open();
  await send(connection, 5);
  await tell(connection, { do: 'halt', endpoint: endpoints.bulkOut });
  await connection.reset(signal);
  expect(device.calls).toEqual(['attached', 'attached']);
  await connection.bulkOut(pattern(1), options);
  await expect(connection.bulkIn(512, briefly)).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('an abort ends a transfer with its reason, and closing ends those still on their way', async () => {
  const { connection, plugged } = await open();
  const control = new AbortController();
  const aborted = expect(
    connection.bulkIn(512, { timeoutMs: 10_000, signal: control.signal }),
  ).rejects.toThrow('enough');
  control.abort(new Error('enough'));
  await aborted;
  const waiting = expect(connection.interruptIn(64, options)).rejects.toMatchObject({ code: 'FAILED' });
  await connection.close();
  await waiting;
  await expect(connection.bulkIn(512, options)).rejects.toMatchObject({ code: 'GONE' });
  await (await plugged.openUsb(plugged.device, 0, signal)).close();
});

test('an interface is claimed by one at a time', async () => {
  const { plugged, connection } = await open();
  await expect(plugged.openUsb(plugged.device, 0, signal)).rejects.toMatchObject({ code: 'BUSY' });
  await connection.close();
  await expect(plugged.openUsb(plugged.device, 7, signal)).rejects.toMatchObject({ code: 'FAILED' });
});
