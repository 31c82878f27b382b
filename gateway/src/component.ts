/** A long-lived part of the gateway: started once, stopped once; retry and restart are the supervisor's. */
export interface Component {
  readonly name: string;
  /** Resolves once the part works. Aborting the signal asks it to stop. */
  start(signal: AbortSignal): Promise<void>;
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

/** A part that runs until it is told to stop: `run` resolves when its signal aborts. */
export function runningComponent(
  name: string,
  run: (signal: AbortSignal) => Promise<void>,
  onFailure: (error: unknown) => void,
): Component {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name,
    start: async (signal) => {
      running = run(AbortSignal.any([signal, stopping.signal])).catch((error: unknown) => {
        if (!stopping.signal.aborted && !signal.aborted) onFailure(error);
      });
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
