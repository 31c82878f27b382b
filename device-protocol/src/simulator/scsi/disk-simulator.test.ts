import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BulkOnlyTransport } from '../../scsi/bulk-only-transport.ts';
import { decodeInquiry, decodeSense } from '../../scsi/primary-commands.ts';
import { encodeCommandWrapper } from '../../scsi/wrappers.ts';
import type { UsbConnection } from '../../usb/usb-connection.ts';
import { connectInProcess } from '../usb/index.ts';
import { createDiskSimulator, type DiskSimulatorOptions } from './index.ts';

const { signal } = new AbortController();
const options = { timeoutMs: 10_000, signal };
const blocks = 2048;
const image = Uint8Array.from({ length: blocks * 512 }, (_, at) => (at * 7 + (at >> 9)) & 0xff);

let folder: string;
let imagePath: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-disk-'));
  imagePath = join(folder, 'disk.img');
  await writeFile(imagePath, image);
});
afterEach(() => rm(folder, { recursive: true }));

async function disk(more: Partial<DiskSimulatorOptions> = {}, outPieceBytes = 16_384) {
  const plugged = connectInProcess(createDiskSimulator({ imagePath, ...more }), { outPieceBytes });
  const usb = await plugged.openUsb(plugged.device, 0, signal);
  const transport = new BulkOnlyTransport(usb, { phaseTimeoutMs: 10_000 });
  const take = (hex: string, takeBytes: number) =>
    transport.run({ command: Buffer.from(hex, 'hex'), takeBytes }, signal);
  const give = (hex: string, data: Uint8Array) =>
    transport.run({ command: Buffer.from(hex, 'hex'), give: data }, signal);
  const sense = async () => decodeSense((await take('030000001200', 18)).data);
  return { plugged, usb, take, give, sense };
}

test('says what it is', async () => {
  const { take } = await disk();
  expect(decodeInquiry((await take('120000002400', 36)).data)).toEqual({
    deviceType: 0,
    vendor: 'WellDVR',
    product: 'Recorder card',
    revision: '1.00',
  });
  const page = async (hex: string) => Buffer.from((await take(hex, 255)).data).toString('hex');
  expect(await page('12010000ff00')).toBe('00000003008083');
  expect(await page('12018000ff00')).toBe(`00800008${Buffer.from('DEMO-001').toString('hex')}`);
  expect(await page('12018300ff00')).toBe(
    `008300140201001057656c6c44565220${Buffer.from('DEMO-001').toString('hex')}`,
  );
  expect((await take('1201b000ff00', 255)).status).toBe('failed');
});

test('says how large it is', async () => {
  const { take } = await disk();
  expect(Buffer.from((await take('25000000000000000000', 8)).data).toString('hex')).toBe('000007ff00000200');
  const long = Buffer.from((await take('9e10000000000000000000000020' + '0000', 32)).data).toString('hex');
  expect(long.slice(0, 24)).toBe('00000000000007ff00000200');
});

test('gives blocks as the image has them, and takes them into it', async () => {
  const { take, give } = await disk();
  expect(
    Buffer.from((await take('28000000000a00000800', 4096)).data).equals(image.subarray(5120, 9216)),
  ).toBe(true);
  const written = Uint8Array.from({ length: 100 * 512 }, (_, at) => (at * 13) & 0xff);
  expect((await give('2a000000000200006400', written)).status).toBe('passed');
  expect((await give('8a00000000000000012c000000640000', written)).status).toBe('passed');
  expect((await take('35000000000000000000', 0)).status).toBe('passed');
  const held = await readFile(imagePath);
  expect(held.subarray(1024, 1024 + written.length).equals(written)).toBe(true);
  expect(held.subarray(300 * 512, 300 * 512 + written.length).equals(written)).toBe(true);
  expect(
    Buffer.from((await take('8800000000000000012c000000640000', written.length)).data).equals(written),
  ).toBe(true);
});

test('has no blocks past its end, and takes none where it may not', async () => {
  const { take, sense } = await disk();
  expect((await take('2800000007ff00000200', 1024)).status).toBe('failed');
  expect(await sense()).toEqual({ key: 5, code: 0x21, qualifier: 0 });
  expect(await sense()).toEqual({ key: 0, code: 0, qualifier: 0 });
  expect((await take('8800ffffffffffffffff000000010000', 512)).status).toBe('failed');
  const locked = await disk({ isReadOnly: true });
  expect((await locked.give('2a000000000100000100', new Uint8Array(512))).status).toBe('failed');
  expect(await locked.sense()).toEqual({ key: 7, code: 0x27, qualifier: 0 });
  expect((await locked.take('1a003f00c000', 192)).data[2]).toBe(0x80);
});

test('is not ready once it was put out', async () => {
  const { take, sense } = await disk();
  expect((await take('000000000000', 0)).status).toBe('passed');
  expect((await take('1b0000000200', 0)).status).toBe('passed');
  expect((await take('000000000000', 0)).status).toBe('failed');
  expect(await sense()).toEqual({ key: 2, code: 0x3a, qualifier: 0 });
});

test('knows no other command', async () => {
  const { take, sense } = await disk();
  expect((await take('a1000000000000000000000000000000', 512)).status).toBe('failed');
  expect(await sense()).toEqual({ key: 5, code: 0x20, qualifier: 0 });
});

describe('what host and device do not agree about (BOT 1.0 §6.7)', () => {
  /** Status byte and residue after a command for which the host expects `transferBytes`. */
  async function status(
    usb: UsbConnection,
    command: string,
    transferBytes: number,
    isIn: boolean,
    data?: Uint8Array,
  ) {
    const wrapper = { tag: 9, transferBytes, isIn, lun: 0, command: Buffer.from(command, 'hex') };
    await usb.bulkOut(encodeCommandWrapper(wrapper), options);
    if (data !== undefined) await usb.bulkOut(data, options);
    const read = isIn && transferBytes > 0 ? await usb.bulkIn(transferBytes, options) : new Uint8Array(0);
    let answer = await usb.bulkIn(512, options);
    if (answer.length === 0) answer = await usb.bulkIn(512, options);
    const wrapped = Buffer.from(answer);
    return { bytes: read.length, status: wrapped[12], residue: wrapped.readUInt32LE(8) };
  }
  const read1 = '28000000000000000100';
  const write1 = '2a000000000000000100';
  const ready = '000000000000';
  const block = new Uint8Array(512);

  test.each([
    ['1 nothing, nothing', ready, 0, false, undefined, { bytes: 0, status: 0, residue: 0 }],
    ['2 nothing, data in', read1, 0, false, undefined, { bytes: 0, status: 2, residue: 0 }],
    ['3 nothing, data out', write1, 0, false, undefined, { bytes: 0, status: 2, residue: 0 }],
    ['4 data in, nothing', ready, 512, true, undefined, { bytes: 0, status: 0, residue: 512 }],
    ['5 data in, less', read1, 1024, true, undefined, { bytes: 512, status: 0, residue: 512 }],
    ['6 data in, as much', read1, 512, true, undefined, { bytes: 512, status: 0, residue: 0 }],
    ['7 data in, more', '28000000000000000200', 512, true, undefined, { bytes: 512, status: 2, residue: 0 }],
    ['8 data in, data out', write1, 512, true, undefined, { bytes: 0, status: 2, residue: 512 }],
    ['9 data out, nothing', ready, 512, false, block, { bytes: 0, status: 0, residue: 512 }],
    ['10 data out, data in', read1, 512, false, block, { bytes: 0, status: 2, residue: 512 }],
    ['11 data out, less', write1, 1024, false, new Uint8Array(1024), { bytes: 0, status: 0, residue: 512 }],
    ['12 data out, as much', write1, 512, false, block, { bytes: 0, status: 0, residue: 0 }],
    ['13 data out, more', '2a000000000000000200', 512, false, block, { bytes: 0, status: 2, residue: 0 }],
  ] as const)('case %s', async (_, command, transferBytes, isIn, data, expected) => {
    const { usb } = await disk();
    expect(await status(usb, command, transferBytes, isIn, data)).toEqual(expected);
  });

  test('bytes that are no command halt both pipes until the device is reset', async () => {
    const { usb, take } = await disk();
    await usb.bulkOut(new Uint8Array(30), options);
    await expect(usb.bulkIn(512, options)).rejects.toMatchObject({ code: 'STALL' });
    await usb.clearHalt(usb.pipes.bulkIn, signal);
    await expect(usb.bulkIn(512, options)).rejects.toMatchObject({ code: 'STALL' });
    const reset = { type: 'class', recipient: 'interface', request: 0xff, value: 0, index: 0 } as const;
    await usb.controlOut(reset, new Uint8Array(0), options);
    await usb.clearHalt(usb.pipes.bulkIn, signal);
    await usb.clearHalt(usb.pipes.bulkOut, signal);
    expect((await take(ready, 0)).status).toBe('passed');
  });
});

test('is pulled out when a byte is reached, over several commands', async () => {
  const { take, plugged } = await disk({ faults: [{ to: 'read', do: 'unplug', positionBytes: 700 }] });
  expect((await take('28000000000000000100', 512)).data.length).toBe(512);
  await expect(take('28000000000100000100', 512)).rejects.toMatchObject({ code: 'GONE' });
  expect(plugged.current()).toBeNull();
});
