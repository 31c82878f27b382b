import {
  type Behaviour,
  type MtpBehaviour,
  mtpFaults,
  type ScsiFault,
  smpFaults,
} from '@docket/device-protocol/simulator';

export type FaultyDriver = 'smp' | 'mtp' | 'scsi';

/** What follows `=` in `--fault name=value`. */
export type FaultValue = 'bytes' | 'bytes-per-second' | 'milliseconds' | 'request' | 'text' | 'none';

interface FaultRow {
  value: FaultValue;
  smp?(number: number, text: string): Behaviour;
  mtp?(number: number, text: string): MtpBehaviour[];
  scsi?(number: number, text: string): ScsiFault;
}

const always = Number.POSITIVE_INFINITY;
const mtpReads = ['GetPartialObject', 'GetPartialObject64', 'GetObject'];
const everyRead = (fault: (to: string) => MtpBehaviour): MtpBehaviour[] => mtpReads.map(fault);

/** Scripted behaviours by the names they have on the command line. */
export const faultTable = {
  unplug: {
    value: 'bytes',
    smp: smpFaults.unplugAt,
    mtp: (at) => [mtpFaults.unplugAt(at)],
    scsi: (positionBytes) => ({ to: '*', do: 'unplug', positionBytes }),
  },
  'read-error': {
    value: 'bytes',
    smp: smpFaults.readErrorAt,
    mtp: (at) => [mtpFaults.readErrorAt(at)],
  },
  'corrupt-byte': {
    value: 'bytes',
    smp: (at) => smpFaults.corruptByte({ to: 'download' }, at),
    mtp: (at) => everyRead((to) => mtpFaults.corruptByte({ to }, at)),
    scsi: (positionBytes) => ({ to: '*', do: 'corrupt-byte', positionBytes }),
  },
  'short-read': {
    value: 'bytes',
    smp: (lengthBytes) => smpFaults.shortRead({}, lengthBytes),
    mtp: (lengthBytes) => everyRead((to) => mtpFaults.shortRead({ to }, lengthBytes)),
    scsi: (lengthBytes) => ({ to: '*', do: 'short-data', lengthBytes }),
  },
  slow: {
    value: 'bytes-per-second',
    mtp: (bytesPerSecond) => [mtpFaults.slow(bytesPerSecond)],
  },
  delay: {
    value: 'milliseconds',
    smp: (delayMs) => async (_request, answer) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return answer();
    },
    mtp: (delayMs) => everyMtp((to) => mtpFaults.delayAnswer({ to, times: always }, delayMs)),
    scsi: (delayMs) => ({ to: '*', times: always, do: 'delay', delayMs }),
  },
  silence: {
    value: 'request',
    smp: (_, to) => smpFaults.dropAnswer({ to, times: always }),
    mtp: (_, to) => [mtpFaults.dropAnswer({ to, times: always })],
    scsi: (_, to) => ({ to, times: always, do: 'keep-silent' }),
  },
  stall: {
    value: 'bytes',
    mtp: (at) => everyRead((to) => mtpFaults.stallAfter({ to }, at)),
    scsi: () => ({ to: '*', do: 'stall', phase: 'data' }),
  },
  duplicate: { value: 'request', smp: (_, to) => smpFaults.duplicateAnswer({ to, times: always }) },
  chatter: { value: 'text', smp: (_, text) => smpFaults.chatter(text) },
  'lie-about-size': { value: 'bytes', smp: smpFaults.lieAboutSize },
  'ignores-clock': { value: 'none', smp: () => smpFaults.ignoreClockSetting() },
  'odd-transfers': { value: 'none', mtp: () => [mtpFaults.oddTransfers()] },
  'phase-error': { value: 'none', scsi: () => ({ to: '*', do: 'phase-error' }) },
} as const satisfies Record<string, FaultRow>;

const rows: Record<string, FaultRow> = faultTable;
const longest = 2 ** 40;

function everyMtp(fault: (to: string) => MtpBehaviour): MtpBehaviour[] {
  return ['GetDeviceInfo', 'GetObjectHandles', 'GetObjectInfo', 'GetDevicePropValue', ...mtpReads].map(fault);
}

export type FaultName = keyof typeof faultTable;

/** The faults a simulator of this driver can have, each with what follows its name. */
export function faultsOf(driver: FaultyDriver): { name: FaultName; value: FaultValue }[] {
  return Object.entries(rows).flatMap(([name, row]) =>
    row[driver] === undefined ? [] : [{ name: name as FaultName, value: row.value }],
  );
}

/** One `--fault`, understood. `null` where the driver has no such fault, or its value is none. */
function understand(
  driver: FaultyDriver,
  text: string,
): { row: FaultRow; number: number; text: string } | null {
  const [name = '', ...rest] = text.split('=');
  const value = rest.join('=');
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (row?.[driver] === undefined) return null;
  const isNumber = row.value === 'bytes' || row.value === 'bytes-per-second' || row.value === 'milliseconds';
  const isFitting = isNumber
    ? /^\d{1,13}$/u.test(value) && Number(value) <= longest
    : (row.value === 'none') === (value === '');
  return isFitting ? { row, number: Number(value), text: value } : null;
}

/** The behaviours that were asked for; the texts that cannot be had of this driver are in `unknown`. */
export function faultsFor(driver: FaultyDriver, texts: readonly string[]) {
  const found = {
    smp: [] as Behaviour[],
    mtp: [] as MtpBehaviour[],
    scsi: [] as ScsiFault[],
    unknown: [] as string[],
  };
  for (const text of texts) {
    const fault = understand(driver, text);
    if (fault === null) found.unknown.push(text);
    else if (driver === 'smp') found.smp.push(...listOf(fault.row.smp?.(fault.number, fault.text)));
    else if (driver === 'mtp') found.mtp.push(...listOf(fault.row.mtp?.(fault.number, fault.text)).flat());
    else found.scsi.push(...listOf(fault.row.scsi?.(fault.number, fault.text)));
  }
  return found;
}

function listOf<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
