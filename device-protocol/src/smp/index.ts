export { bulkPackets } from './bulk-packets.ts';
export { consolePackets } from './console-packets.ts';
export { crc16 } from './crc16.ts';
export { DeviceError } from './device-error.ts';
export { encodeFrames } from './frame.ts';
export { FrameStream } from './frame-stream.ts';
export { decodePacket, encodePacket, type Header, type Packet } from './header.ts';
export type { Message, RequestOf, ResponseOf } from './message.ts';
export { groups, messageOf } from './messages/index.ts';
export type { DiscardReason, PacketEvent, PacketLink } from './packet-link.ts';
export {
  isProtocolError,
  ProtocolError,
  type ProtocolErrorCode,
  protocolErrorCodes,
} from './protocol-error.ts';
export { rawPackets } from './raw-packets.ts';
export { type SessionOptions, type SessionStatistics, SmpSession } from './session.ts';
export { createSmpDriver, type OpenSmpLink, type SmpDriverOptions } from './smp-driver.ts';
export { SmpRecorder } from './smp-recorder.ts';
