import {
  type Capability,
  type CheckResult,
  type RecorderIdentity,
  type RecorderOnTrial,
  runContract,
} from '@docket/device-protocol';
import { isolatedDriver } from '@docket/device-protocol/transport';
import { type DevicePlace, type DriverName, findDevice } from './device-place.ts';

export interface ConformanceOptions {
  driver: DriverName;
  place: DevicePlace;
  allows: RecorderOnTrial['allows'];
  longestReadBytes: number;
  checkTimeoutMs: number;
  signal: AbortSignal;
  onResult(result: CheckResult): void;
}

export interface ConformanceReport {
  driver: DriverName;
  identity: RecorderIdentity;
  capabilities: Capability[];
  results: CheckResult[];
}

/**
 * Holds one device to the contract every driver keeps, through the very driver that the gateway uses, in a process of
 * its own. Throws NoDevice, and what opening the device throws.
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { signal } = options;
  const { choice, attachment } = await findDevice(options.driver, options.place, signal);
  const driver = isolatedDriver({ choice, progressTimeoutMs: options.checkTimeoutMs });
  const open = (stop: AbortSignal) => driver.open(attachment, stop);
  const first = await open(signal);
  const identity = await first.identify(signal).finally(() => first.close());
  const subject = { open, allows: options.allows, longestReadBytes: options.longestReadBytes };
  const results = await runContract(subject, options);
  return { driver: options.driver, identity, capabilities: [...first.capabilities], results };
}
