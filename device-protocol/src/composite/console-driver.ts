import type { Attachment, RecorderDriver } from '../attachment.ts';
import type { Recorder } from '../recorder.ts';
import { withConsole } from './with-console.ts';

export interface ConsoleDriverOptions {
  /** Opens the mounted card. */
  volume: RecorderDriver;
  /** Opens the serial line beside it. */
  console: RecorderDriver;
  /** The console could not be opened, or was lost; the docking goes on without it. */
  onConsoleLost(portPath: string, error: unknown): void;
}

/** Opens a recorder that shows its card and a console at once. Clips never wait for the console. */
export function consoleDriver({ volume, console, onConsoleLost }: ConsoleDriverOptions): RecorderDriver {
  return {
    name: volume.name,
    async open(attachment: Attachment, signal: AbortSignal): Promise<Recorder> {
      const { console: line, ...card } = attachment;
      const recorder = await volume.open(card, signal);
      if (line === undefined) return recorder;
      const { portPath, instance } = attachment;
      const lost = (error: unknown) => onConsoleLost(portPath, error);
      try {
        const beside = await console.open({ portPath, instance, target: line }, signal);
        return withConsole(recorder, beside, lost);
      } catch (error) {
        if (signal.aborted) {
          await recorder.close();
          throw error;
        }
        lost(error);
        return recorder;
      }
    },
  };
}
