import type { Attachment, RecorderDriver, SerialTarget, UsbTarget } from '../attachment.ts';
import { RecorderError } from '../errors.ts';
import type { Capability } from '../recorder.ts';
import { DeviceError } from './device-error.ts';
import { hashTypes } from './messages/fs.ts';
import { readImages } from './messages/image.ts';
import { clockNeverSet, echo, readDateTime, readParameters } from './messages/os.ts';
import { readIdentity, readStatus } from './messages/recorder.ts';
import type { PacketLink } from './packet-link.ts';
import { type SessionOptions, SmpSession } from './session.ts';
import { SmpRecorder } from './smp-recorder.ts';

/** Opens the way to an attached recorder. Throws RecorderError RECORDER_GONE, RECORDER_SILENT, NOT_SUPPORTED. */
export type OpenSmpLink = (target: SerialTarget | UsbTarget, signal: AbortSignal) => Promise<PacketLink>;

export interface SmpDriverOptions extends Partial<SessionOptions> {
  openLink: OpenSmpLink;
  /** IANA zone taken for recorders whose clock names none. Default `Asia/Shanghai`. */
  assumedZone?: string;
}

/** More requests in flight than this gain nothing, whatever a recorder claims to hold. */
const maxWindow = 8;
const greeting = 'docket';
const osGroup = 0;
/** What every recorder takes in one packet, where it does not say. */
const leastPacketBytes = 256;

/** Driver for recorders that speak SMP over a serial line or USB bulk transfers (`spec/smp.md`). */
export function createSmpDriver({
  openLink,
  assumedZone = 'Asia/Shanghai',
  ...sessionOptions
}: SmpDriverOptions): RecorderDriver {
  return {
    name: 'smp',
    async open({ target }: Attachment, signal: AbortSignal): Promise<SmpRecorder> {
      if (target.type === 'volume') {
        throw new RecorderError('NOT_SUPPORTED', 'the smp driver opens no volumes');
      }
      const session = new SmpSession(await openLink(target, signal), sessionOptions);
      try {
        return await greet(session, assumedZone, signal);
      } catch (error) {
        await session.close();
        throw error;
      }
    },
  };
}

async function greet(session: SmpSession, assumedZone: string, signal: AbortSignal): Promise<SmpRecorder> {
  const echoed = await orNull(session.request(echo, { d: greeting }, { signal }));
  if (echoed !== null && echoed.r !== greeting) {
    throw new RecorderError('PROTOCOL_VIOLATION', 'the recorder echoes another text than it was sent');
  }
  const identity = await orNull(session.request(readIdentity, {}, { signal }));
  if (identity === null) {
    throw new RecorderError('PROTOCOL_VIOLATION', 'the device speaks SMP but has no recorder group (64)');
  }
  const parameters = await orNull(session.request(readParameters, {}, { signal }));
  const hashes = await orNull(session.request(hashTypes, {}, { signal }));
  const images = await orNull(session.request(readImages, {}, { signal }));
  const statusAnswer = identity.status ? await orNull(session.request(readStatus, {}, { signal })) : null;

  const capabilities = new Set<Capability>(await clockCapabilities(session, signal));
  if (hashes !== null && Object.hasOwn(hashes.types, 'sha256')) capabilities.add('hashOnDevice');
  if (identity.erase) capabilities.add('erase');
  if (identity.write) capabilities.add('writeIdentity');
  if (statusAnswer?.battery !== undefined) capabilities.add('battery');
  if (statusAnswer?.capacity !== undefined) capabilities.add('capacity');
  if (images !== null) capabilities.add('firmware');
  // One buffer stays free for the answer that is being written.
  const window = Math.min(Math.max((parameters?.buf_count ?? 2) - 1, 1), maxWindow);
  const packetBytes = parameters?.buf_size ?? leastPacketBytes;
  return new SmpRecorder(session, { identity, capabilities, window, packetBytes, assumedZone });
}

/** A clock that was never set shows nothing, but can be set. */
async function clockCapabilities(session: SmpSession, signal: AbortSignal): Promise<Capability[]> {
  try {
    await session.request(readDateTime, {}, { signal });
    return ['readClock', 'setClock'];
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return error.group === osGroup && error.rc === clockNeverSet ? ['setClock'] : [];
  }
}

/** `null` where the recorder refuses: it cannot do that, which is no fault. */
async function orNull<Answer>(request: Promise<Answer>): Promise<Answer | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof DeviceError) return null;
    throw error;
  }
}
