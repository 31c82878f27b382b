import { BulkStream } from '../../smp/bulk-stream.ts';
import type { SimulatedClock } from '../simulated-clock.ts';
import type { DevicePort, SimulatedUsbDevice } from '../usb/simulated-usb-device.ts';
import { SimulatedRecorder, type SimulatedRecorderOptions } from './simulated-recorder.ts';

export interface SmpUsbSimulatorOptions extends SimulatedRecorderOptions {
  /** `wMaxPacketSize` of both endpoints. Default 512. */
  maxPacketBytes?: number;
}

export interface SmpUsbSimulator extends SimulatedUsbDevice {
  readonly clock: SimulatedClock;
}

const bulkIn = 0x81;
const bulkOut = 0x01;
const busy = 16;

/**
 * A recorder that speaks bare SMP packets over USB bulk transfers: 1209:0001, interface class ff/42/1. What it keeps
 * (identity, marks, firmware) outlives unplugging.
 */
export function createSmpUsbSimulator(options: SmpUsbSimulatorOptions): SmpUsbSimulator {
  const maxPacketBytes = options.maxPacketBytes ?? 512;
  const recorder = new SimulatedRecorder(options);
  let plugged: DevicePort | null = null;
  let stream = new BulkStream(maxPacketBytes);
  let queued = 0;
  /** Packets are answered one after the other. */
  let serving: Promise<void> = Promise.resolve();

  const device: SmpUsbSimulator = {
    clock: recorder.clock,
    descriptors: {
      vendorId: 0x1209,
      productId: 0x0001,
      release: 0x0100,
      manufacturer: options.identity?.vendor ?? 'Docket',
      product: options.identity?.model ?? 'Simulated recorder',
      serialNumber: options.identity?.serial ?? 'SIM0001',
      interfaces: [
        {
          number: 0,
          class: 0xff,
          subclass: 0x42,
          protocol: 0x01,
          endpoints: [
            { address: bulkIn, type: 'bulk', maxPacketBytes },
            { address: bulkOut, type: 'bulk', maxPacketBytes },
          ],
        },
      ],
    },
    attached: (port) => {
      plugged = port;
      stream = new BulkStream(maxPacketBytes);
      recorder.hangOn({
        wrap: (packet) => packet,
        write: (bytes) => {
          if (plugged === port) port.send(bulkIn, bytes);
        },
        unplug: async () => port.unplug(),
        restart: async (pauseMs) => {
          await drained(port);
          port.reenumerate(device, pauseMs);
        },
      });
    },
    detached: () => {
      plugged = null;
      recorder.hangOn(null);
      serving = serving.then(() => recorder.rest());
    },
    received: (_endpoint, bytes) => {
      for (const packet of packetsIn(stream, bytes, maxPacketBytes)) {
        // A host that sends without listening is held to what a recorder could queue.
        if (queued >= busy) continue;
        queued++;
        const port = plugged;
        serving = serving.then(async () => {
          queued--;
          if (plugged === port) await recorder.serve(packet);
        });
      }
    },
    control: () => null,
  };

  const drained = async (port: DevicePort): Promise<void> => {
    // The host asks for the answer within moments, or never.
    for (let looks = 0; looks < 50 && plugged === port && port.queuedBytes(bulkIn) > 0; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return device;
}

/** The packets in what came from the host, taken USB packet by USB packet; a transfer may come in several pieces. */
function packetsIn(stream: BulkStream, bytes: Uint8Array, maxPacketBytes: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let position = 0; position === 0 || position < bytes.length; position += maxPacketBytes) {
    const chunk = bytes.subarray(position, position + maxPacketBytes);
    for (const event of stream.push(chunk, chunk.length < maxPacketBytes)) {
      if (event.kind === 'packet') packets.push(event.packet);
    }
  }
  return packets;
}
