/** Every decoder of bytes from a stranger, against inputs that no honest one sends. `npm run fuzz` gives each a million. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDateTime } from '../clock/date-time.ts';
import { ChannelError, encodeFrameHead, FrameParser } from '../isolation/frame.ts';
import { isTold, operations } from '../isolation/operations.ts';
import { decodeName } from '../names/decode-name.ts';
import { readNameFacts } from '../names/read-name.ts';
import { decodeGbk } from '../scsi/gbk.ts';
import { identityBlock, textsOf } from '../scsi/identity-block.ts';
import { decodeInquiry, decodeSense } from '../scsi/primary-commands.ts';
import { isScsiProtocolError } from '../scsi/protocol-error.ts';
import { decodeTime, encodeTime } from '../scsi/time-block.ts';
import {
  decodeCommandWrapper,
  decodeStatusWrapper,
  encodeCommandWrapper,
  encodeStatusWrapper,
} from '../scsi/wrappers.ts';
import { decodeBody, encodeBody } from '../smp/body.ts';
import { BulkStream } from '../smp/bulk-stream.ts';
import { encodeFrames } from '../smp/frame.ts';
import { FrameStream } from '../smp/frame-stream.ts';
import { decodePacket, encodePacket } from '../smp/header.ts';
import { groups } from '../smp/messages/index.ts';
import { isProtocolError } from '../smp/protocol-error.ts';
import { RawStream } from '../smp/raw-stream.ts';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { holdsAgainst } from '../testing/holds-against.ts';
import { mutatedBytes } from '../testing/mutated-bytes.ts';
import {
  parseConfiguration,
  parseDeviceDescriptor,
  parseStringDescriptor,
} from '../usb/parse-descriptors.ts';
import { UsbError } from '../usb/usb-connection.ts';
import { identifyVolume } from '../volume/volume-identity.ts';

const noError = () => false;

describe('SMP', () => {
  const clip = {
    path: Buffer.from('DCIM/a.mp4'),
    size: 1_000_000,
    modified: '2026-01-02T03:04:05',
    marked: true,
  };
  const bodies = [
    { clips: [clip, clip], more: true },
    { off: 512, data: Buffer.alloc(300, 7), len: 70_000 },
    { serial: 'A1', vendor: 'V', model: 'M', firmware: '1.2.3', root: '/clips', erase: true },
    { err: { group: 64, rc: 3 } },
    { images: [{ slot: 0, version: '1.0.0', hash: Buffer.alloc(32, 1), bootable: true }] },
  ].map((body) => encodeBody(body));
  const header = { version: 2, operation: 'read-response', group: 64, sequence: 1, command: 1 } as const;
  const packets = bodies.map((body) => encodePacket(header, body));

  test('console frames', () => {
    holdsAgainst(
      mutatedBytes(...packets.map((packet) => encodeFrames(packet))),
      (bytes) => [...new FrameStream().push(bytes)],
      noError,
    );
  });

  test('bare packets', () => {
    holdsAgainst(
      mutatedBytes(Buffer.concat(packets)),
      (bytes) => [...new RawStream().push(bytes)],
      isProtocolError,
    );
  });

  test('packets in bulk transfers', () => {
    holdsAgainst(
      fc.tuple(mutatedBytes(...packets), fc.boolean()),
      ([bytes, isEnd]) => {
        const stream = new BulkStream(64);
        for (let position = 0; position < bytes.length; position += 64) {
          const chunk = bytes.subarray(position, position + 64);
          for (const _ of stream.push(chunk, isEnd || chunk.length < 64));
          expect(stream.wantedBytes).toBeLessThanOrEqual(0x1_0000 + 64);
        }
      },
      isProtocolError,
    );
  });

  test('headers', () => {
    holdsAgainst(mutatedBytes(...packets), decodePacket, isProtocolError);
  });

  test('CBOR bodies', () => {
    holdsAgainst(mutatedBytes(...bodies), decodeBody, isProtocolError);
  });

  test.each(['request', 'response'] as const)('every message as a %s', (side) => {
    const codecs = groups.flatMap(({ messages }) => messages.map((row) => row[side]));
    holdsAgainst(
      fc.tuple(mutatedBytes(...bodies), fc.constantFrom(...codecs)),
      ([bytes, codec]) => codec.decode(bytes),
      isProtocolError,
    );
  });
});

describe('SCSI', () => {
  const inquiry = Buffer.alloc(36, 0x20);
  inquiry.set([0, 0x80, 4, 2, 31, 0, 0, 0]);
  const sense = Uint8Array.of(0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0);
  const command = {
    tag: 7,
    transferBytes: 94,
    isIn: true,
    lun: 0,
    command: Uint8Array.of(0x12, 0, 0, 0, 36, 0),
  };

  test.each([
    ['INQUIRY', inquiry, decodeInquiry],
    ['sense data', sense, decodeSense],
    ['sense data in descriptor format', Uint8Array.of(0x72, 5, 0x20, 0, 0, 0, 0, 0), decodeSense],
    ['command wrapper', encodeCommandWrapper(command), decodeCommandWrapper],
    [
      'status wrapper',
      encodeStatusWrapper({ tag: 7, residueBytes: 0, status: 'passed' }),
      (bytes: Uint8Array) => decodeStatusWrapper(bytes, command),
    ],
    ['identity block', Buffer.alloc(94, 0xb0), (bytes: Uint8Array) => textsOf(identityBlock.decode(bytes))],
    ['time block', encodeTime(Date.UTC(2026, 1, 3)), decodeTime],
    ['GBK text', Buffer.from('d6b4b7a8bcc7c2bcd2c7', 'hex'), decodeGbk],
  ] as const)('%s', (_, sound, decode) => {
    holdsAgainst(mutatedBytes(sound), decode, isScsiProtocolError);
  });
});

describe('USB descriptors', () => {
  const device = Buffer.from('12010002000000409505434300010102030100'.slice(0, 36), 'hex');
  const configuration = Buffer.from(
    '0902200001010080320904000002080650000705810200020007050202000200',
    'hex',
  );
  const text = Buffer.concat([Uint8Array.of(10, 3), Buffer.from('DV16', 'utf16le')]);
  const isUsbError = (error: unknown) => error instanceof UsbError;

  test.each([
    ['device', device, parseDeviceDescriptor],
    ['configuration', configuration, parseConfiguration],
    ['string', text, parseStringDescriptor],
  ] as const)('%s', (_, sound, parse) => {
    holdsAgainst(mutatedBytes(sound), parse, isUsbError);
  });
});

describe('texts', () => {
  const names = ['DCAM_CAM001_000101_20260102_030405_IMP.mp4', '2026_0102_030405_0001.MP4', '执法.mp4'];

  test('names of files', () => {
    holdsAgainst(
      mutatedBytes(...names.map((name) => Buffer.from(name)), Buffer.from('d6b4b7a82e6d7034', 'hex')),
      (bytes) => {
        const { name } = decodeName(bytes);
        expect(name).not.toMatch(/\p{Cc}/u);
        readNameFacts(name);
      },
      noError,
    );
  });

  test('clock texts', () => {
    const sound = ['2026-01-02T03:04:05', '2026-01-02T03:04:05.123456+08:00'].map((text) =>
      Buffer.from(text),
    );
    holdsAgainst(
      mutatedBytes(...sound),
      (bytes) => parseDateTime(Buffer.from(bytes).toString('latin1')),
      noError,
    );
  });
});

describe('the channel of a driver process', () => {
  const answer = { id: 1, answer: { identity: { serialNumber: 'A', vendor: null, source: 'device' } } };
  const payload = Buffer.alloc(500, 3);
  const sound = Buffer.concat([
    encodeFrameHead(answer, payload.length),
    payload,
    encodeFrameHead({ id: 2, error: {} }, 0),
  ]);

  test('frames', () => {
    holdsAgainst(
      fc.tuple(mutatedBytes(sound), fc.integer({ min: 1, max: 600 })),
      ([bytes, cut]) => {
        let places = 0;
        const parser = new FrameParser({
          begin: (header, payloadBytes) => {
            if (!isTold.Check(header) || payloadBytes > 1000) throw new ChannelError('not due');
            places += payloadBytes;
            return new Uint8Array(payloadBytes);
          },
          complete: () => {},
        });
        for (let position = 0; position < bytes.length; position += cut) {
          parser.push(bytes.subarray(position, position + cut));
        }
        expect(places).toBeLessThanOrEqual(1000 * (bytes.length / 10));
      },
      (error) => error instanceof ChannelError,
    );
  });

  test('answers', () => {
    const names = Object.keys(operations) as (keyof typeof operations)[];
    holdsAgainst(
      fc.tuple(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 5 })),
      ([name, body]) => operations[name].isAnswer.Check(body),
      noError,
    );
  });
});

test('identity files of a card', { timeout: 0 }, async () => {
  const root = await mkdtemp(join(tmpdir(), 'identity-'));
  try {
    await mkdir(join(root, 'DCAM_FACTORY'));
    const sound = {
      'DCAM_FACTORY/device_identity.json': Buffer.from(
        '{"device_id":"CAM001","vendor":"V","user_id":"000101"}',
      ),
      'station_bind.ini': Buffer.from('recorder_serial=A1\r\nrecorder_model=M\r\nuser_no=000101\r\n'),
    };
    const files = fc
      .constantFrom(...Object.entries(sound))
      .chain(([file, bytes]) => fc.tuple(fc.constant(file), mutatedBytes(bytes)));
    await fc.assert(
      fc.asyncProperty(files, async ([file, bytes]) => {
        await writeFile(join(root, file), bytes);
        const { source, ...claims } = await identifyVolume(root, (async function* () {})());
        await rm(join(root, file));
        for (const claim of Object.values(claims)) expect(claim ?? '').not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: fuzzRuns(100, 50) },
    );
  } finally {
    await rm(root, { recursive: true });
  }
});
