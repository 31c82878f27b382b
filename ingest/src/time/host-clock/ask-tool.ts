import { execFile } from 'node:child_process';

/** Words and instants that do not depend on who is logged in. */
const plainEnvironment = { ...process.env, LC_ALL: 'C', TZ: 'UTC', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' };

/** What a tool of the system prints; `null` where it is not there, fails, or takes too long. */
export function askTool(
  command: string,
  commandArguments: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      commandArguments,
      { env: plainEnvironment, timeout: 3_000, killSignal: 'SIGKILL', maxBuffer: 64 * 1024, signal },
      (error, output) => {
        if (signal.aborted) reject(signal.reason as Error);
        else resolve(error === null ? output : null);
      },
    );
  });
}
