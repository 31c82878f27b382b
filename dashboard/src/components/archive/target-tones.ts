import type { ArchiveTargetState } from '@docket/gateway/contract';

/** How loud each state is. */
export const targetTones: Record<ArchiveTargetState, 'safe' | 'working' | 'idle' | 'attention' | 'failed'> = {
  working: 'working',
  idle: 'safe',
  waiting: 'idle',
  busy: 'idle',
  paused: 'attention',
  unreachable: 'attention',
  failing: 'attention',
  unproven: 'attention',
  full: 'failed',
  denied: 'failed',
};
