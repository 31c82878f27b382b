import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attachment } from '../attachment.ts';
import { wallClockAt } from '../clock/wall-clock.ts';
import { isRecorderError } from '../errors.ts';
import type { IdentityToWrite, Recorder } from '../recorder.ts';
import { createScsiSimulator, type ScsiFault, type ScsiSimulatorOptions } from '../simulator/scsi/index.ts';
import {
  connectInProcess,
  openUsbRedir,
  type PluggedDevice,
  startUsbRedirServer,
} from '../simulator/usb/index.ts';
import { createScsiDriver, type Passwords } from './index.ts';

const { signal } = new AbortController();
const nothingNew: IdentityToWrite = {
  serialNumber: null,
  officerNumber: null,
  officerName: null,
  unitCode: null,
  unitName: null,
};

let folder: string;
let cardImagePath: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-scsi-'));
  cardImagePath = join(folder, 'card.img');
  await writeFile(cardImagePath, new Uint8Array(64 * 512));
});
afterAll(() => rm(folder, { recursive: true }));

function attachmentOf({ device }: PluggedDevice): Attachment {
  const target = { type: 'usb', device, driver: 'scsi', interfaceNumber: 0, model: 'dv16-command' } as const;
  return { portPath: device.portPath, instance: 'a', target };
}

async function dock(options: Partial<ScsiSimulatorOptions> = {}, passwords?: Passwords) {
  const simulator = createScsiSimulator({ cardImagePath, ...options });
  const plugged = connectInProcess(simulator);
  const driver = createScsiDriver({
    openUsb: plugged.openUsb,
    passwords: passwords ?? { default: '000000' },
  });
  return { simulator, plugged, recorder: await driver.open(attachmentOf(plugged), signal) };
}

const withFault = (...faults: ScsiFault[]) => dock({ faults });

describe('a recorder in command mode', () => {
  test('says who it is', async () => {
    const { recorder } = await dock({
      identity: { serialNumber: 'DEMO001', officerNumber: '000123', officerName: '张三' },
    });
    expect(await recorder.identify(signal)).toEqual({
      serialNumber: 'DEMO001',
      vendor: 'WellDVR',
      model: 'DV16A',
      firmware: '1.00',
      officerNumber: '000123',
      source: 'device',
    });
  });

  test('names itself in GBK, or in anything', async () => {
    const gbk = await dock({ identity: { serialNumber: '甲001' } });
    expect((await gbk.recorder.identify(signal)).serialNumber).toBe('甲001');
    const junk = await dock({ identityBytes: new Uint8Array(94).fill(0xff) });
    expect((await junk.recorder.identify(signal)).serialNumber).toBe('\\xff'.repeat(8));
    const sly = await dock({
      identityBytes: Uint8Array.from({ length: 94 }, (_, at) => (at < 3 ? 0x1b : 0)),
    });
    expect((await sly.recorder.identify(signal)).serialNumber).toBe('\\u{1b}'.repeat(3));
    const empty = await dock({ identityBytes: new Uint8Array(94) });
    expect(await empty.recorder.identify(signal)).toMatchObject({ serialNumber: null, source: 'none' });
  });

  test('tells its battery, and nothing where that is no percentage', async () => {
    const { recorder } = await dock({ batteryPercent: 42 });
    expect(await recorder.readStatus(signal)).toEqual({
      batteryPercent: 42,
      capacityBytes: null,
      freeBytes: null,
    });
    const odd = await dock({ batteryPercent: -5 });
    expect((await odd.recorder.readStatus(signal)).batteryPercent).toBeNull();
  });

  test('takes the time of its zone, and never shows it', async () => {
    const { recorder, simulator } = await dock({ clock: { offsetMs: -86_400_000 } });
    const { deviceText, hostBeforeMs, hostAfterMs } = await recorder.setClock(signal);
    const wall = Date.parse(`${deviceText}Z`);
    expect(wall).toBeGreaterThan(wallClockAt(hostBeforeMs, 'Asia/Shanghai') - 1000);
    expect(wall).toBeLessThanOrEqual(wallClockAt(hostAfterMs, 'Asia/Shanghai'));
    expect(Math.abs(simulator.clock.nowMs() - Date.now())).toBeLessThan(60_000);
    expect(recorder.capabilities.has('readClock')).toBe(false);
    await expect(recorder.readClock(1, signal)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    const stubborn = await dock({ refusesTime: true });
    await expect(stubborn.recorder.setClock(signal)).rejects.toMatchObject({ code: 'CLOCK_REFUSED' });
  });

  test('lists nothing before it is a disk', async () => {
    const { recorder } = await dock();
    const listing = recorder.list(signal)[Symbol.asyncIterator]();
    await expect(listing.next()).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  test('of no known maker is left', async () => {
    await expect(
      dock({ inquiry: { vendor: 'ACME', product: 'Stick', revision: '1' } }),
    ).rejects.toMatchObject({
      code: 'PROTOCOL_VIOLATION',
      message: expect.stringContaining('ACME Stick 1'),
    });
  });

  test('is there until it is pulled out', async () => {
    const { recorder, plugged } = await dock();
    expect(await recorder.isPresent()).toBe(true);
    plugged.unplug();
    expect(await recorder.isPresent()).toBe(false);
    await expect(recorder.identify(signal)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  });
});

describe('writing an identity', () => {
  test('changes the given parts and no other', async () => {
    const { recorder, simulator } = await dock({
      identity: { serialNumber: 'DEMO001', officerName: '李四', unitName: '示例大队' },
    });
    await recorder.writeIdentity({ ...nothingNew, officerNumber: '000777', officerName: '张三' }, signal);
    expect(simulator.identity()).toEqual({
      serialNumber: 'DEMO001',
      officerNumber: '000777',
      officerName: '张三',
      unitCode: null,
      unitName: '示例大队',
    });
  });

  test.each([
    ['a number too long by one', { officerNumber: '1234567' }],
    ['a name too long in GBK', { officerName: '某'.repeat(17) }],
    ['a character GBK has not', { unitName: '🙂' }],
    ['a control character', { unitName: 'a\u0007' }],
    ['nothing at all', { unitCode: '' }],
  ])('refuses %s, and writes nothing', async (_, part) => {
    const { recorder, simulator } = await dock();
    const before = simulator.identity();
    await expect(recorder.writeIdentity({ ...nothingNew, ...part }, signal)).rejects.toMatchObject({
      code: 'IDENTITY_REFUSED',
    });
    expect(simulator.identity()).toEqual(before);
  });

  test('fills a field to its last byte but one', async () => {
    const { recorder, simulator } = await dock();
    await recorder.writeIdentity(
      { ...nothingNew, officerName: '某'.repeat(16), officerNumber: '123456' },
      signal,
    );
    expect(simulator.identity()).toMatchObject({ officerName: '某'.repeat(16), officerNumber: '123456' });
  });

  test('is believed only when read back', async () => {
    const { recorder } = await dock({ refusesIdentity: true });
    await expect(recorder.writeIdentity({ ...nothingNew, unitCode: '370000' }, signal)).rejects.toMatchObject(
      {
        code: 'IDENTITY_REFUSED',
        message: expect.stringContaining('unitCode'),
      },
    );
  });
});

describe('changing to a disk', () => {
  test.each([
    ['after it said how that went', 20],
    ['before anybody could ask', 0],
  ])('under the same port path, %s', async (_, leaveMs) => {
    const { recorder, plugged } = await dock({ leaveMs }, { 'dv16-command': '000000' });
    await recorder.switchMode(signal);
    const disk = await plugged.deviceAfter(plugged.device, signal);
    expect(disk).toMatchObject({ portPath: plugged.device.portPath, vendorId: 0x0595, productId: 0x2002 });
    expect(disk.interfaces).toEqual([{ number: 0, class: 0x08, subclass: 0x06, protocol: 0x50 }]);
  });

  test('is done by a recorder that left before it said how that went', async () => {
    // Once it was asked how connecting went, the next time after the password.
    const { recorder, plugged } = await withFault({
      to: 'readLastStatus',
      skip: 1,
      do: 'unplug',
      positionBytes: 0,
    });
    await recorder.switchMode(signal);
    expect(plugged.current()).toBeNull();
  });

  const secret = 'S3cret-Word!';
  test.each([
    ['with another password', {}, { default: secret }],
    ['without a card', { cardImagePath: null, password: secret }, { default: secret }],
    ['without any password', {}, { 'another-model': secret }],
    ['with a password no recorder can hold', {}, { default: `${secret}${secret}` }],
  ])('is refused %s, and the password stands nowhere in the error', async (_, options, passwords) => {
    const { recorder } = await dock(options, passwords);
    const error: unknown = await recorder.switchMode(signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MODE_SWITCH_REFUSED' });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  test('is a fault of the wire where that breaks, and the password stands nowhere in the error', async () => {
    const { recorder } = await dock(
      { password: secret, faults: [{ to: 'enterStorage', do: 'wrong-tag' }] },
      { default: secret },
    );
    const error: unknown = await recorder.switchMode(signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PROTOCOL_VIOLATION' });
    const bytes = Buffer.from(secret).toString('hex');
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(bytes);
  });
});

describe('a fault of the wire in one answer is mended by asking once more', () => {
  const faults: ScsiFault[] = [
    { to: 'readIdentity', do: 'wrong-tag' },
    { to: 'readIdentity', do: 'wrong-signature' },
    { to: 'readIdentity', do: 'phase-error' },
    { to: 'readIdentity', do: 'wrong-residue', residueBytes: 94 },
    { to: 'readIdentity', do: 'wrong-residue', residueBytes: 4000 },
    { to: 'readIdentity', do: 'short-data', lengthBytes: 40 },
    { to: 'readIdentity', do: 'short-data', lengthBytes: 0 },
    { to: 'readIdentity', do: 'stall', phase: 'data' },
    { to: 'readIdentity', do: 'stall', phase: 'status' },
    { to: 'inquiry', do: 'stall', phase: 'data' },
    { to: 'connect', do: 'phase-error' },
    { to: 'connect', do: 'stall', phase: 'status' },
  ];
  test.each(faults)('$to: $do', async (fault) => {
    const { recorder } = await withFault(fault);
    expect((await recorder.identify(signal)).serialNumber).toBe('DEMO001');
  });
});

test.each(['wrong-tag', 'wrong-signature', 'phase-error'] as const)(
  'a lasting %s is a violation, and the next function works',
  async (mishap) => {
    const { recorder } = await withFault({ to: 'readIdentity', times: 2, do: mishap });
    await expect(recorder.identify(signal)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
    expect((await recorder.identify(signal)).serialNumber).toBe('DEMO001');
  },
);

test('a function that fails brings the reason the recorder gives', async () => {
  const { recorder } = await withFault({
    to: 'readBattery',
    times: 2,
    do: 'fail',
    sense: { key: 4, code: 0x44, qualifier: 1 },
  });
  await expect(recorder.readStatus(signal)).rejects.toMatchObject({
    message: expect.stringContaining('sense 04 44 01'),
  });
});

test('data that the recorder refuses to take is a failure, and the next function works', async () => {
  const { recorder } = await withFault({ to: 'writeIdentity', do: 'stall', phase: 'data' });
  await expect(recorder.writeIdentity({ ...nothingNew, unitCode: '1' }, signal)).rejects.toMatchObject({
    code: 'PROTOCOL_VIOLATION',
  });
  await recorder.writeIdentity({ ...nothingNew, unitCode: '1' }, signal);
});

test('pulled out in the middle of an answer', async () => {
  const { recorder, plugged } = await withFault({ to: 'readIdentity', do: 'unplug', positionBytes: 50 });
  await expect(recorder.identify(signal)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  expect(plugged.current()).toBeNull();
});

test('an abort in the middle of an answer leaves the recorder usable', async () => {
  const { recorder } = await withFault({ to: 'readIdentity', do: 'keep-silent' });
  const control = new AbortController();
  const aborted = expect(recorder.identify(control.signal)).rejects.toThrow('enough');
  setImmediate(() => control.abort(new Error('enough')));
  await aborted;
  expect((await recorder.identify(signal)).serialNumber).toBe('DEMO001');
});

test('a function that waits for its turn can be given up at once', async () => {
  const { recorder } = await withFault({ to: 'readIdentity', do: 'keep-silent' });
  const [first, second] = [new AbortController(), new AbortController()];
  const silent = expect(recorder.identify(first.signal)).rejects.toThrow('first');
  const waiting = expect(recorder.readStatus(second.signal)).rejects.toThrow('second');
  second.abort(new Error('second'));
  await waiting;
  first.abort(new Error('first'));
  await silent;
  expect((await recorder.readStatus(signal)).batteryPercent).toBe(87);
});

test('slow exchanges are waited for', async () => {
  const { recorder } = await dock({ faults: [{ to: 'readIdentity', do: 'delay', delayMs: 2_000 }] });
  expect((await recorder.identify(signal)).serialNumber).toBe('DEMO001');
});

test('over a socket it is the same recorder', async () => {
  const simulator = createScsiSimulator({ cardImagePath, identity: { serialNumber: 'DEMO002' } });
  const address = { path: join(folder, 'usb.sock') };
  const plug = await startUsbRedirServer(simulator, address);
  const plugged = await openUsbRedir(address, { signal });
  const driver = createScsiDriver({ openUsb: plugged.openUsb, passwords: { default: '000000' } });
  const recorder: Recorder = await driver.open(attachmentOf(plugged), signal);
  expect((await recorder.identify(signal)).serialNumber).toBe('DEMO002');
  await recorder.switchMode(signal);
  expect(await plugged.deviceAfter(plugged.device, signal)).toMatchObject({ productId: 0x2002 });
  await plug.unplug();
  expect(isRecorderError(await recorder.identify(signal).catch((error: unknown) => error))).toBe(true);
});
