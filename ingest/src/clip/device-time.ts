import type { DeviceTime } from '@docket/device-protocol';

/** A device time in one text, its zone where known in brackets behind it (RFC 9557 §4): `2026-08-04T10:00:00[UTC]`. */
export function deviceTimeText(time: DeviceTime): string {
  return time.assumedZone === null ? time.text : `${time.text}[${time.assumedZone}]`;
}

export function parseDeviceTime(text: string, source: DeviceTime['source']): DeviceTime {
  const [, time = text, assumedZone = null] = /^([^[]*)\[([^\]]+)\]$/u.exec(text) ?? [];
  return { text: time, source, assumedZone };
}
