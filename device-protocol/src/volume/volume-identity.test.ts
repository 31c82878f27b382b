import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RecorderIdentity } from '../recorder.ts';
import { volumeDriver } from './volume-recorder.ts';

const unknown: RecorderIdentity = {
  serialNumber: null,
  vendor: null,
  model: null,
  firmware: null,
  officerNumber: null,
  source: 'none',
};

const nothing: Record<string, string | Buffer> = {};

async function cardWith(files: Record<string, string | Buffer>): Promise<string> {
  const card = await mkdtemp(join(tmpdir(), 'docket-identity-'));
  onTestFinished(() => rm(card, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(card, path)), { recursive: true });
    await writeFile(join(card, path), content);
  }
  return card;
}

async function identityOf(card: string): Promise<RecorderIdentity> {
  const { signal } = new AbortController();
  const target = { type: 'volume' as const, directory: card };
  const recorder = await volumeDriver.open({ portPath: '1-1', instance: 'test', target }, signal);
  return recorder.identify(signal);
}

const dcam = 'DCAM_FACTORY/device_identity.json';
const inNames = {
  '1234567_012345_20260804100000_0001.MP4': 'a',
  '1234567_012345_20260804100100_0002.MP4': 'b',
};

describe('who a recorder says it is', () => {
  test.each([
    {
      title: 'by its identity file',
      files: {
        [dcam]: '{"device_id":"CAM001","vendor":"V","model":"M","firmware":"1.2","user_id":"000001"}',
        ...inNames,
      },
      identity: {
        serialNumber: 'CAM001',
        vendor: 'V',
        model: 'M',
        firmware: '1.2',
        officerNumber: '000001',
        source: 'identity-file',
      },
    },
    {
      title: 'by the file of the dock that bound it, in GBK',
      files: {
        'station_bind.ini': Buffer.concat([
          Buffer.from('[bind]\r\nrecorder_serial = A=1\r\nrecorder_model='),
          Buffer.from('d6b4b7a8', 'hex'),
          Buffer.from('\r\nuser_no=012345\r\n'),
        ]),
      },
      identity: {
        ...unknown,
        serialNumber: 'A=1',
        model: '执法',
        officerNumber: '012345',
        source: 'identity-file',
      },
    },
    {
      title: 'by the number on which its clip names agree',
      files: inNames,
      identity: { ...unknown, serialNumber: '1234567', officerNumber: '012345', source: 'file-names' },
    },
    {
      title: 'not at all where the names disagree',
      files: { ...inNames, '7654321_012345_20260804100000_0001.MP4': 'c' },
      identity: unknown,
    },
    { title: 'not at all on an empty card', files: nothing, identity: unknown },
    {
      title: 'by a weaker source where the identity file is no JSON',
      files: { [dcam]: '{"device_id":', ...inNames },
      identity: { ...unknown, serialNumber: '1234567', officerNumber: '012345', source: 'file-names' },
    },
    {
      title: 'by a weaker source where the identity file is of another shape',
      files: { [dcam]: '{"device_id":{"$ne":null}}', ...inNames },
      identity: { ...unknown, serialNumber: '1234567', officerNumber: '012345', source: 'file-names' },
    },
    {
      title: 'by a weaker source where the identity file is far too long',
      files: { [dcam]: `{"device_id":"CAM001","x":"${'x'.repeat(70_000)}"}`, ...inNames },
      identity: { ...unknown, serialNumber: '1234567', officerNumber: '012345', source: 'file-names' },
    },
  ])('$title', async ({ files, identity }) => {
    expect(await identityOf(await cardWith(files))).toEqual(identity);
  });

  test('is cleaned of control characters, and cut to a length a screen can show', async () => {
    const card = await cardWith({
      [dcam]: JSON.stringify({ device_id: 'CAM\u202e001', vendor: '  ', model: `${'m'.repeat(500)}` }),
    });
    const { serialNumber, vendor, model } = await identityOf(card);
    expect(serialNumber).toBe('CAM\\u{202e}001');
    expect(vendor).toBeNull();
    expect(model).toBe('m'.repeat(64));
  });

  test('is not read through a link', async () => {
    const outside = await cardWith({ 'device_identity.json': '{"device_id":"STOLEN"}' });
    const card = await cardWith({});
    await symlink(outside, join(card, 'DCAM_FACTORY'));
    expect(await identityOf(card)).toEqual(unknown);
  });
});
