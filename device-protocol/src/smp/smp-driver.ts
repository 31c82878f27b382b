import type { Attachment, RecorderDriver } from '../attachment.ts';
import { RecorderError } from '../errors.ts';
import type { Capability } from '../recorder.ts';
import type { Link } from '../transport/link.ts';
import { DeviceError } from './device-error.ts';
import { hashTypes } from './messages/fs.ts';
import { echo, readDateTime, readParameters } from './messages/os.ts';
import { readIdentity } from './messages/recorder.ts';
import { type SessionOptions, SmpSession } from './session.ts';
import { SmpRecorder } from './smp-recorder.ts';

export interface SmpDriverOptions extends Partial<SessionOptions> {
  /** Opens the way to an attached recorder. */
  openLink(target: { devicePath: string; baudRate: number }, signal: AbortSignal): Promise<Link>;
  /** IANA zone taken for recorders whose clock names none. Default `Asia/Shanghai`. */
  assumedZone?: string;
}

/** More requests in flight than this gain nothing, whatever a recorder claims to hold. */
const maxWindow = 8;
const greeting = 'docket';

/** Driver for recorders that speak SMP over a serial line (`spec/smp.md`). */
export function createSmpDriver({
  openLink,
  assumedZone = 'Asia/Shanghai',
  ...sessionOptions
}: SmpDriverOptions): RecorderDriver {
  return {
    name: 'smp',
    async open({ target }: Attachment, signal: AbortSignal): Promise<SmpRecorder> {
      if (target.type !== 'serial') {
        throw new RecorderError('NOT_SUPPORTED', 'the smp driver opens serial ports only');
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
  const clock = await orNull(session.request(readDateTime, {}, { signal }));

  const capabilities = new Set<Capability>();
  if (clock !== null) capabilities.add('readClock');
  if (hashes !== null && Object.hasOwn(hashes.types, 'sha256')) capabilities.add('hashOnDevice');
  if (identity.erase) capabilities.add('erase');
  // One buffer stays free for the answer that is being written.
  const window = Math.min(Math.max((parameters?.buf_count ?? 2) - 1, 1), maxWindow);
  return new SmpRecorder(session, { identity, capabilities, window, assumedZone });
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
