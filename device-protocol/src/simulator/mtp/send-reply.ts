import { setTimeout as delay } from 'node:timers/promises';
import { encodeContainer, encodeDataHeader, headerBytes } from '../../mtp/container.ts';
import type { DevicePort } from '../usb/simulated-usb-device.ts';
import type { Delivery, Payload, Reply, SimulatedCommand } from './behaviour.ts';

export const endpoints = { bulkIn: 0x81, bulkOut: 0x02, interruptIn: 0x83 } as const;

const pieceBytes = 256 * 1024;
/** So much waits for the host at most: an object of any size needs no more room. */
const maxQueuedBytes = 1024 * 1024;
const queuePauseMs = 1;

/** How the data phase came to its end. */
type DataEnd = 'sent' | 'stalled' | 'unplugged' | 'cancelled';

/** Sends data and response. Resolves with the endpoint that was stalled in the middle of it, or `null`. */
export async function sendReply(
  port: DevicePort,
  command: SimulatedCommand,
  reply: Reply,
  signal: AbortSignal,
): Promise<number | null> {
  const { delivery, response, parameters, data } = reply;
  if (delivery.isDropped || signal.aborted) return null;
  if (data !== null) {
    const end = await sendData(port, command, data, delivery, signal);
    if (end === 'stalled') return endpoints.bulkIn;
    if (end !== 'sent') return null;
  }
  if (delivery.isResponseDropped) return null;
  const transaction = command.transaction + delivery.transactionShift;
  const bytes = encodeContainer({
    type: 'response',
    code: response,
    transaction,
    parameters: [...parameters],
  });
  new DataView(bytes.buffer).setUint16(4, delivery.responseType, true);
  port.send(endpoints.bulkIn, bytes);
  return null;
}

async function sendData(
  port: DevicePort,
  { operation, transaction }: SimulatedCommand,
  data: Payload,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DataEnd> {
  const header = encodeDataHeader(operation.code, transaction + delivery.transactionShift, data.sizeBytes);
  const view = new DataView(header.buffer);
  view.setUint16(4, delivery.dataType, true);
  if (delivery.claimedLengthBytes !== null) view.setUint32(0, delivery.claimedLengthBytes, true);

  const { endsAfterBytes, stallsAfterBytes, unplugsAfterBytes, isHeaderApart } = delivery;
  const stopBytes = Math.min(
    data.sizeBytes,
    ...[endsAfterBytes, stallsAfterBytes, unplugsAfterBytes].filter((stop) => stop !== null),
  );
  if (isHeaderApart || stopBytes === 0)
    port.send(endpoints.bulkIn, header, { isEnd: isHeaderApart || stopBytes === 0 });
  for (let position = 0; position < stopBytes; ) {
    if (!(await hasRoom(port, signal))) return 'cancelled';
    const lengthBytes = Math.min(pieceBytes, stopBytes - position);
    const read = await data.read(position, lengthBytes);
    if (signal.aborted) return 'cancelled';
    if (read.length === 0) break;
    const piece = delivery.alter?.(read, position) ?? read;
    const isFirst = position === 0 && !isHeaderApart;
    position += read.length;
    const bytes = isFirst ? Buffer.concat([header, piece]) : piece;
    const totalBytes = isHeaderApart ? position : headerBytes + position;
    const isWholePackets = totalBytes % 512 === 0;
    const isEnd = position === stopBytes && !(delivery.isEmptyPacketLeftOut && isWholePackets);
    port.send(endpoints.bulkIn, bytes, { isEnd });
    if (delivery.bytesPerSecond > 0) await pause((1000 * read.length) / delivery.bytesPerSecond, signal);
  }
  if (stopBytes === unplugsAfterBytes) {
    await drained(port, signal);
    port.unplug();
    return 'unplugged';
  }
  if (stopBytes === stallsAfterBytes) {
    await drained(port, signal);
    port.halt(endpoints.bulkIn);
    return 'stalled';
  }
  return 'sent';
}

/** False where the transaction was cancelled meanwhile. */
async function hasRoom(port: DevicePort, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted && port.queuedBytes(endpoints.bulkIn) > maxQueuedBytes)
    await pause(queuePauseMs, signal);
  return !signal.aborted;
}

/** What was sent before a fault reaches the host, as on a wire. */
async function drained(port: DevicePort, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && port.queuedBytes(endpoints.bulkIn) > 0) await pause(queuePauseMs, signal);
}

function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  return delay(pauseMs, undefined, { signal }).catch(() => undefined);
}
