import type { RecorderState } from '../api/contract-types.ts';

/** A tone for each state of a recorder. */
export const recorderTones: Record<RecorderState, string> = {
  'in-service': 'safe',
  lost: 'failed',
  broken: 'attention',
  retired: 'idle',
};
