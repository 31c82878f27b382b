/** Aborts on the first SIGINT or SIGTERM. The second ends the process at once, whatever it is doing. */
export function stopSignal(onStop: () => void = () => {}): AbortSignal {
  const stopping = new AbortController();
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  for (const [name, number] of Object.entries(numbers)) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(128 + number);
      onStop();
      stopping.abort();
    });
  }
  return stopping.signal;
}
