import type { Attachment, RecorderDriver } from '../attachment.ts';
import { type DriverChoice, driverName } from './driver-choice.ts';
import { DriverProcess } from './driver-process.ts';
import { IsolatedRecorder } from './isolated-recorder.ts';

export interface IsolatedDriverOptions {
  choice: DriverChoice;
  /**
   * A driver that gives no answer and no sign of progress for this long hangs: its process is killed. More than a
   * driver's own time-outs, and than the stall time-out of a pull. Default 90 000.
   */
  progressTimeoutMs?: number;
  /** How long it may take to let go of what was cancelled, and to close. Default 5000. */
  patienceMs?: number;
}

/**
 * A driver that runs in a process of its own for each recorder it opens. A crash, a kill, a hang or nonsense from it
 * ends that one docking with RecorderError DRIVER_CRASHED or RECORDER_SILENT; the process ends with the docking, and
 * with the gateway.
 */
export function isolatedDriver({
  choice,
  progressTimeoutMs = 90_000,
  patienceMs = 5_000,
}: IsolatedDriverOptions): RecorderDriver {
  const driver = driverName(choice);
  return {
    name: driver,
    async open(attachment: Attachment, signal: AbortSignal): Promise<IsolatedRecorder> {
      signal.throwIfAborted();
      const process = new DriverProcess({ driver, progressTimeoutMs, patienceMs });
      try {
        const { body } = await process.ask('open', { choice, attachment }, { signal });
        return new IsolatedRecorder(process, body);
      } catch (error) {
        await process.stop();
        throw error;
      }
    },
  };
}
