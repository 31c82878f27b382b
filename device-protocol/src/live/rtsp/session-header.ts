/** A Session header (RFC 2326 §12.37). */
export interface SessionHeader {
  id: string;
  /** How long the server keeps the session without a sign of life. */
  timeoutMs: number;
}

const usualTimeoutSeconds = 60;
const mostTimeoutSeconds = 24 * 60 * 60;

/** `null` where there is no identifier. A timeout that is missing or impossible is 60 s. */
export function parseSession(value: string): SessionHeader | null {
  const [id = '', ...parameters] = value.split(';', 8).map((part) => part.trim());
  if (!/^[!-~]{1,256}$/u.test(id)) return null;
  const told = parameters.map((one) => /^timeout\s*=\s*"?(\d{1,9})"?$/iu.exec(one)?.[1]).find(Boolean);
  const seconds = Number(told ?? 0);
  const timeoutSeconds = seconds > 0 && seconds <= mostTimeoutSeconds ? seconds : usualTimeoutSeconds;
  return { id, timeoutMs: timeoutSeconds * 1000 };
}

/** Whole seconds are written. */
export function encodeSession({ id, timeoutMs }: SessionHeader): string {
  return `${id};timeout=${Math.floor(timeoutMs / 1000)}`;
}
