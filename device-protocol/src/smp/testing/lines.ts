import { join } from 'node:path';
import {
  connectInProcess,
  createSmpUsbSimulator,
  type SimulatedRecorderOptions,
  startSmpRecorder,
  startSmpTcpRecorder,
} from '../../simulator/index.ts';
import { openSmpTcp, smpLinks } from '../../transport/smp-links.ts';
import { createSmpDriver } from '../smp-driver.ts';
import type { SmpRecorder } from '../smp-recorder.ts';

/** A simulated recorder on a line, ready to be docked, again and again. */
export interface LaidLine {
  dock(signal?: AbortSignal): Promise<SmpRecorder>;
  unplug(): Promise<void>;
  end(): Promise<void>;
}

export type LayLine = (options: SimulatedRecorderOptions) => Promise<LaidLine>;

const timeoutMs = 2000;

/** Bare packets over TCP. */
export const overTcp: LayLine = async (options) => {
  const simulator = await startSmpTcpRecorder(options);
  const driver = createSmpDriver({ timeoutMs, openLink: (_, signal) => openSmpTcp(simulator, signal) });
  const target = { type: 'serial', devicePath: 'none', baudRate: 0 } as const;
  return {
    dock: async (signal = new AbortController().signal) =>
      (await driver.open({ portPath: '1-1', instance: 'a', target }, signal)) as SmpRecorder,
    unplug: () => simulator.unplug(),
    end: () => simulator.close(),
  };
};

/** Console frames on a pseudo terminal. */
export const overPty: LayLine = async (options) => {
  const link = join(options.folder, '..', `port-${process.hrtime.bigint()}`);
  const simulator = await startSmpRecorder({ ...options, link });
  const driver = createSmpDriver({ timeoutMs, openLink: smpLinks() });
  const target = { type: 'serial', devicePath: link, baudRate: 115200 } as const;
  return {
    dock: async (signal = new AbortController().signal) =>
      (await driver.open({ portPath: '1-1', instance: 'a', target }, signal)) as SmpRecorder,
    unplug: () => simulator.unplug(),
    end: () => simulator.close(),
  };
};

/** Bare packets over USB bulk transfers, with endpoints of this packet size. */
export function overUsb(maxPacketBytes: number): LayLine {
  return async (options) => {
    const device = createSmpUsbSimulator({ ...options, maxPacketBytes });
    const port = connectInProcess(device);
    const driver = createSmpDriver({ timeoutMs, openLink: smpLinks(port.openUsb) });
    return {
      dock: async (signal = new AbortController().signal) => {
        const facts = port.current() ?? port.plug(device);
        const target = { type: 'usb', device: facts, driver: 'smp', interfaceNumber: 0, model: 'x' } as const;
        return (await driver.open({ portPath: '1-1', instance: 'a', target }, signal)) as SmpRecorder;
      },
      unplug: async () => port.unplug(),
      end: async () => port.unplug(),
    };
  };
}
