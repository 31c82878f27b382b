import { channel } from 'node:diagnostics_channel';

/**
 * Every boundary between two steps, published as it is passed: after a commit, an fsync, a rename. Tests cut the
 * power exactly there; a tracer may listen too.
 */
export const stepChannel = channel('docket:step');

export interface Step {
  name: string;
  /** The clip or docking the step belongs to. */
  subject: string;
}

export function announceStep(name: string, subject: string): void {
  if (stepChannel.hasSubscribers) stepChannel.publish({ name, subject } satisfies Step);
}
