import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskSimulator, type ScsiFault } from '../simulator/scsi/index.ts';
import { connectInProcess } from '../simulator/usb/index.ts';
import { BulkOnlyTransport } from './bulk-only-transport.ts';
import { inquiryCommand } from './primary-commands.ts';

const { signal } = new AbortController();

let folder: string;
let imagePath: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-bot-'));
  imagePath = join(folder, 'disk.img');
  await writeFile(imagePath, new Uint8Array(8 * 512));
});
afterAll(() => rm(folder, { recursive: true }));

async function inquireWith(...mishaps: ScsiFault[]) {
  const plugged = connectInProcess(createDiskSimulator({ imagePath, faults: mishaps }));
  const usb = await plugged.openUsb(plugged.device, 0, signal);
  const transport = new BulkOnlyTransport(usb, { phaseTimeoutMs: 10_000 });
  return transport.run({ command: inquiryCommand(), takeBytes: 36 }, signal);
}

test('a stall in place of the status is cleared, and the status read', async () => {
  const { status, data } = await inquireWith({ to: 'inquiry', do: 'stall', phase: 'status' });
  expect([status, data.length]).toEqual(['passed', 36]);
});

test('a stall in place of data ends the data, and the status tells', async () => {
  const { status, data } = await inquireWith({ to: 'inquiry', do: 'stall', phase: 'data' });
  expect([status, data.length]).toEqual(['passed', 0]);
});

test('the residue says how much of the data counts', async () => {
  const { data } = await inquireWith({ to: 'inquiry', do: 'wrong-residue', residueBytes: 6 });
  expect(data.length).toBe(30);
});

test('a device that claims more than came breaks the protocol', async () => {
  const short: ScsiFault = { to: 'inquiry', do: 'short-data', lengthBytes: 10 };
  expect((await inquireWith(short)).data.length).toBe(10);
  const claimed: ScsiFault = { to: 'inquiry', do: 'wrong-residue', residueBytes: 0 };
  await expect(inquireWith(short, claimed)).rejects.toMatchObject({ code: 'CSW_RESIDUE' });
});
