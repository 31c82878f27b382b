import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { usbErrorFrom } from './libusb-error.ts';
import { UsbError } from './usb-connection.ts';

const run = promisify(execFile);

/** Native code stays out of the process that runs the tests, as it stays out of the gateway's. */
async function inChild(module: string, script: string): Promise<string> {
  const path = fileURLToPath(new URL(module, import.meta.url));
  const source = `import { createRequire } from 'node:module'; const it = await import(${JSON.stringify(path)}); ${script}`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source]);
  return stdout.trim();
}

const loadedUsb = `console.log(Object.keys(createRequire('/').cache).filter((file) => file.includes('/node_modules/usb/')).length > 0)`;

test('a device that is not there is gone, and the process ends by itself', async () => {
  const facts = { busNumber: 250, deviceAddress: 120, vendorId: 1, productId: 1 };
  const script = `
    const facts = ${JSON.stringify(facts)};
    await it.openLibusb(facts, 0, new AbortController().signal).catch(({ name, code }) => console.log(name, code));
    await it.openLibusb(facts, 0, AbortSignal.abort('enough')).catch((reason) => console.log(reason));`;
  expect(await inChild('libusb-connection.js', script)).toBe('UsbError GONE\nenough');
});

describe('native USB', () => {
  test('is loaded by the connection', async () => {
    expect(await inChild('libusb-connection.js', loadedUsb)).toBe('true');
  });

  test('is not loaded by the faces of this package', async () => {
    expect(await inChild('../index.js', loadedUsb)).toBe('false');
    expect(await inChild('../transport/index.js', loadedUsb)).toBe('false');
    expect(await inChild('../simulator/index.js', loadedUsb)).toBe('false');
  });
});

test.each([
  [-4, 'GONE'],
  [5, 'GONE'],
  [-9, 'STALL'],
  [4, 'STALL'],
  [-7, 'TIMEOUT'],
  [2, 'TIMEOUT'],
  [-8, 'OVERFLOW'],
  [6, 'OVERFLOW'],
  [-6, 'BUSY'],
  [-3, 'DENIED'],
  [-1, 'FAILED'],
  [1, 'FAILED'],
  [-99, 'FAILED'],
] as const)('errno %d of libusb is %s', (errno, code) => {
  const cause = Object.assign(new Error('LIBUSB_SOMETHING'), { errno });
  expect(usbErrorFrom(cause)).toMatchObject({ code, cause });
});

test('an error of ours stays, and any other is a failure', () => {
  const ours = new UsbError('STALL', 'x');
  expect(usbErrorFrom(ours)).toBe(ours);
  expect(usbErrorFrom(new Error('Transfer is already active')).code).toBe('FAILED');
});
