import { RecorderError } from '@docket/device-protocol';

/**
 * Waits for work that cannot be cancelled (a read the kernel may retry for minutes), but no longer than
 * `stallTimeoutMs`. Throws RecorderError RECORDER_SILENT on a stall, or the signal's reason. The work itself goes on
 * unseen: its buffers must not be used again.
 */
export async function withinStallTimeout<Value>(
  work: Promise<Value>,
  stallTimeoutMs: number,
  what: string,
  signal: AbortSignal,
): Promise<Value> {
  // The work has begun; where nobody waits for it any more, its failure must not end the process.
  work.catch(() => {});
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RecorderError('RECORDER_SILENT', `no byte of ${what} came for ${stallTimeoutMs / 1000} s`));
    }, stallTimeoutMs);
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
