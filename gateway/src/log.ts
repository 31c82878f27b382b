import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

export type Log = Logger;

/** Keys whose values never reach the log, wherever a caller might put them. */
const secretKeys = ['token', 'authorization', 'cookie', 'set-cookie', 'password'];

const options: LoggerOptions = {
  base: null,
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (label) => ({ level: label }) },
  redact: {
    paths: secretKeys.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.headers["${key}"]`, `*.*["${key}"]`]),
    censor: '(hidden)',
  },
};

/** JSON lines, one a decision; standard output unless told otherwise. Secrets are hidden by key. */
export function createLog(level: string, destination?: DestinationStream): Log {
  return destination === undefined ? pino({ ...options, level }) : pino({ ...options, level }, destination);
}
