/** The eight bytes that open a control transfer (USB 2.0 §9.3), as the fields they hold. */

import type { ControlSetup } from '../../usb/usb-connection.ts';

export interface SetupPacket {
  /** `bmRequestType` with its direction bit. */
  requestType: number;
  request: number;
  value: number;
  index: number;
  lengthBytes: number;
}

const typeBits = { standard: 0, class: 1, vendor: 2 } as const;
const recipientBits = { device: 0, interface: 1, endpoint: 2 } as const;
const types = ['standard', 'class', 'vendor'] as const;
const recipients = ['device', 'interface', 'endpoint'] as const;

export function setupPacketOf(
  setup: ControlSetup,
  direction: 'in' | 'out',
  lengthBytes: number,
): SetupPacket {
  const { request, value, index } = setup;
  const isIn = direction === 'in' ? 0x80 : 0;
  const requestType = isIn | (typeBits[setup.type] << 5) | recipientBits[setup.recipient];
  return { requestType, request, value, index, lengthBytes };
}

/** `null` where type or recipient are reserved. */
export function controlSetupOf(
  packet: SetupPacket,
): (ControlSetup & { direction: 'in' | 'out'; lengthBytes: number }) | null {
  const type = types[(packet.requestType >> 5) & 0x03];
  const recipient = recipients[packet.requestType & 0x1f];
  if (type === undefined || recipient === undefined) return null;
  const { request, value, index, lengthBytes } = packet;
  const direction = packet.requestType & 0x80 ? 'in' : 'out';
  return { type, recipient, request, value, index, direction, lengthBytes };
}
