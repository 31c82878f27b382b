/** A driver must not be able to tell the wire from no wire. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlSetup, type UsbConnection, UsbError } from '../../../usb/usb-connection.ts';
import { connectInProcess } from '../in-process.ts';
import { PacketQueue } from '../packet-queue.ts';
import {
  type Deed,
  endpoints,
  maxPacketBytes,
  pattern,
  requests,
  scriptedDevice,
} from '../testing/scripted-device.ts';
import { startUsbRedirServer } from './device-side.ts';
import { openUsbRedir } from './host-side.ts';

const { signal } = new AbortController();
const patient = { timeoutMs: 20_000, signal };
const vendor = (request: number): ControlSetup => ({
  type: 'vendor',
  recipient: 'device',
  request,
  value: 0,
  index: 0,
});

type Step =
  | { step: 'deed'; deed: Deed }
  | { step: 'read'; pipe: 'bulk' | 'interrupt'; lengthBytes: number }
  | { step: 'write'; lengthBytes: number; endWithEmptyPacket: boolean }
  | { step: 'heard' | 'stalled-request' | 'reset' }
  | { step: 'clear'; endpoint: number };

const lengths = fc.oneof(fc.nat(1500), fc.constantFrom(0, 1, 64, 511, 512, 513, 1024, 4096));
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send'),
      endpoint: fc.constant(endpoints.bulkIn),
      lengthBytes: lengths,
      isEnd: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('send'),
      endpoint: fc.constant(endpoints.interruptIn),
      lengthBytes: fc.nat(200),
      isEnd: fc.constant(true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('halt'),
      endpoint: fc.constantFrom(endpoints.bulkIn, endpoints.bulkOut),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush'), endpoint: fc.constant(endpoints.bulkIn) }) },
) as fc.Arbitrary<Deed>;
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ step: fc.constant('deed'), deed: deeds }) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant('read'),
      pipe: fc.constantFrom('bulk', 'bulk', 'interrupt'),
      lengthBytes: lengths.map((length) => length + 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('write'),
      lengthBytes: lengths,
      endWithEmptyPacket: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('heard', 'stalled-request', 'reset') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant('clear'),
      endpoint: fc.constantFrom(endpoints.bulkIn, endpoints.bulkOut),
    }),
  },
) as fc.Arbitrary<Step>;

/** What the device has to say, as the script tells: which reads can be waited for, and which never end. */
class Expected {
  #bulk = new PacketQueue(maxPacketBytes.bulk);
  #interrupt = new PacketQueue(maxPacketBytes.interrupt);
  #isBulkHalted = false;

  follow(step: Step): void {
    if (step.step === 'reset') {
      this.#bulk = new PacketQueue(maxPacketBytes.bulk);
      this.#interrupt = new PacketQueue(maxPacketBytes.interrupt);
      this.#isBulkHalted = false;
    } else if (step.step === 'clear' && step.endpoint === endpoints.bulkIn) this.#isBulkHalted = false;
    else if (step.step === 'deed') this.#deed(step.deed);
  }

  #deed(deed: Deed): void {
    if (deed.do === 'send') {
      const queue = deed.endpoint === endpoints.bulkIn ? this.#bulk : this.#interrupt;
      queue.push(pattern(deed.lengthBytes), deed.isEnd);
    } else if (deed.do === 'halt' && deed.endpoint === endpoints.bulkIn) this.#isBulkHalted = true;
    else if (deed.do === 'flush') this.#bulk.clear();
  }

  willEnd(pipe: 'bulk' | 'interrupt', lengthBytes: number): boolean {
    if (pipe === 'bulk' && this.#isBulkHalted) return true;
    const queue = pipe === 'bulk' ? this.#bulk : this.#interrupt;
    return queue.fill({ into: new Uint8Array(lengthBytes), filledBytes: 0 }) !== 'more';
  }
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    const bytes = await work;
    return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : 'done';
  } catch (error) {
    if (error instanceof UsbError) return error.code;
    throw error;
  }
}

function perform(connection: UsbConnection, step: Step, expected: Expected): Promise<unknown> {
  switch (step.step) {
    case 'deed':
      return connection.controlOut(vendor(requests.deed), Buffer.from(JSON.stringify(step.deed)), patient);
    case 'read': {
      const { pipe, lengthBytes } = step;
      const options = expected.willEnd(pipe, lengthBytes) ? patient : { timeoutMs: 1, signal };
      return pipe === 'bulk'
        ? connection.bulkIn(lengthBytes, options)
        : connection.interruptIn(lengthBytes, options);
    }
    case 'write':
      return connection.bulkOut(pattern(step.lengthBytes), {
        ...patient,
        endWithEmptyPacket: step.endWithEmptyPacket,
      });
    case 'heard':
      return connection.controlIn(vendor(requests.heard), 0xffff, patient);
    case 'stalled-request':
      return connection.controlIn(vendor(requests.stall), 10, patient);
    case 'reset':
      return connection.reset(signal);
    case 'clear':
      return connection.clearHalt(step.endpoint, signal);
  }
}

async function play(connection: UsbConnection, script: readonly Step[]): Promise<string[]> {
  const expected = new Expected();
  const outcomes: string[] = [];
  for (const step of script) {
    outcomes.push(await outcome(perform(connection, step, expected)));
    expected.follow(step);
  }
  await connection.close();
  return outcomes;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-redir-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('in process and over usbredir the same script has the same outcome, and the device hears the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 25 }), async (script) => {
      const near = scriptedDevice();
      const plugged = connectInProcess(near);
      const nearOutcomes = await play(await plugged.openUsb(plugged.device, 0, signal), script);

      const far = scriptedDevice();
      const address = { path: join(folder, 'usb.sock') };
      const server = await startUsbRedirServer(far, address);
      const remote = await openUsbRedir(address, { signal });
      const farOutcomes = await play(await remote.openUsb(remote.device, 0, signal), script);
      await server.unplug();

      expect(remote.device).toEqual(plugged.device);
      expect(farOutcomes).toEqual(nearOutcomes);
      plugged.unplug();
      expect(far.calls).toEqual(near.calls);
    }),
    { numRuns: 150 },
  );
});
