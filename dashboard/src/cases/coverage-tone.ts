import type { CoverageState } from '@docket/gateway/contract';
import type { IconName } from '../components/icon-paths.ts';

/** Colour and shape of a state; the shape says it again for whoever does not see the colour. */
export const coverageTones = {
  met: { tone: 'safe', icon: 'safe' },
  late: { tone: 'attention', icon: 'clock' },
  partial: { tone: 'attention', icon: 'attention' },
  missing: { tone: 'failed', icon: 'failed' },
  unverifiable: { tone: 'verify', icon: 'unknown' },
  exempt: { tone: 'idle', icon: 'receipt' },
  'not-required': { tone: 'idle', icon: 'wait' },
} as const satisfies Record<CoverageState, { tone: string; icon: IconName }>;

/** In the order in which a bar tells them: what is in order first, what needs a person last. */
export const coverageOrder = [
  'met',
  'exempt',
  'late',
  'unverifiable',
  'partial',
  'missing',
  'not-required',
] as const satisfies readonly CoverageState[];
