import type {
  AttachmentEvent,
  AttachmentSource,
  RecorderDriver,
  UsbDeviceFacts,
} from '@docket/device-protocol';
import type { DockingIssue } from '@docket/ingest';
import { expect, test, vi } from 'vitest';
import { createLog } from '../log.ts';
import { SlotSupervisor } from './slot-supervisor.ts';

const driver: RecorderDriver = {
  name: 'none',
  open: () => Promise.reject(new Error('never opened here')),
};

const attached = (portPath: string, instance: string): AttachmentEvent => ({
  type: 'attached',
  attachment: { portPath, instance, target: { type: 'volume', directory: '/nowhere' } },
});
const detached = (portPath: string, instance: string): AttachmentEvent => ({
  type: 'detached',
  portPath,
  instance,
});

/** A source that hands on what a test gives it. */
class Wire implements AttachmentSource {
  readonly name = 'wire';
  readonly #events: AttachmentEvent[] = [];
  #wake = () => {};

  give(...events: AttachmentEvent[]): void {
    this.#events.push(...events);
    this.#wake();
  }

  async *watch(signal: AbortSignal): AsyncGenerator<AttachmentEvent> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Dockings that stay until told, and a list of what happened. */
function site(outcome: (instance: string) => DockingIssue | null = () => null) {
  const story: string[] = [];
  const wire = new Wire();
  const supervisor = new SlotSupervisor({
    sources: [wire],
    driverFor: () => driver,
    runDocking: async (_driver, { portPath, instance }, signal) => {
      story.push(`begin ${portPath} ${instance}`);
      const issue = outcome(instance);
      if (issue === null && !signal.aborted) {
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
      }
      story.push(`end ${portPath} ${instance}`);
      return issue;
    },
    onRefused: ({ portPath, reason }) => story.push(`refused ${portPath} ${reason}`),
    onDetached: (slot) => story.push(`left ${slot}`),
    log: createLog('silent'),
    retry: { firstMs: 5, longestMs: 20 },
  });
  const stop = new AbortController();
  return { story, wire, stop, run: supervisor.run(stop.signal) };
}

test('one docking a recorder, ended when it leaves', async () => {
  const { story, wire, stop, run } = site();
  wire.give(attached('1-1', 'a'), attached('1-2', 'b'), detached('1-1', 'a'));
  await vi.waitFor(() => expect(story).toContain('left 1-1'), 20_000);
  expect(story).toEqual(['begin 1-1 a', 'begin 1-2 b', 'end 1-1 a', 'left 1-1']);
  stop.abort();
  await run;
  expect(story.at(-1)).toBe('end 1-2 b');
});

test('another recorder in the same slot ends the docking of the one before', async () => {
  const { story, wire, stop, run } = site();
  wire.give(attached('1-1', 'a'), attached('1-1', 'b'), detached('1-1', 'a'));
  await vi.waitFor(() => expect(story).toContain('begin 1-1 b'), 20_000);
  expect(story).toEqual(['begin 1-1 a', 'end 1-1 a', 'left 1-1', 'begin 1-1 b']);
  stop.abort();
  await run;
});

test('a docking that failed is tried again while the recorder stands there, and not after it left', async () => {
  let tries = 0;
  const { story, wire, stop, run } = site(() => {
    tries += 1;
    return { code: 'recorder-silent', detail: 'no answer' };
  });
  wire.give(attached('1-1', 'a'));
  await vi.waitFor(() => expect(tries).toBeGreaterThan(2), 20_000);
  wire.give(detached('1-1', 'a'));
  await vi.waitFor(() => expect(story.at(-1)).toBe('left 1-1'), 20_000);
  const triesWhenItLeft = tries;
  wire.give(attached('1-2', 'b'));
  await vi.waitFor(
    () => expect(story.filter((line) => line === 'begin 1-2 b').length).toBeGreaterThan(2),
    20_000,
  );
  expect(tries - triesWhenItLeft).toBe(story.filter((line) => line === 'begin 1-2 b').length);
  stop.abort();
  await run;
});

test('a device that is refused is told and never docked; a recorder after it is', async () => {
  const { story, wire, stop, run } = site();
  const device = usbDevice();
  wire.give(
    { type: 'refused', portPath: '1-1', instance: 'k', device, reason: 'foreign-interface' },
    detached('1-1', 'k'),
    attached('1-1', 'a'),
  );
  await vi.waitFor(() => expect(story).toContain('begin 1-1 a'), 20_000);
  expect(story).toEqual(['refused 1-1 foreign-interface', 'left 1-1', 'begin 1-1 a']);
  stop.abort();
  await run;
});

function usbDevice(): UsbDeviceFacts {
  return {
    portPath: '1-1',
    busNumber: 1,
    deviceAddress: 9,
    vendorId: 0x1234,
    productId: 0xabcd,
    release: 0x0100,
    class: 0,
    manufacturer: null,
    product: 'Keyboard',
    serialNumber: null,
    interfaces: [{ number: 0, class: 3, subclass: 1, protocol: 1 }],
  };
}
