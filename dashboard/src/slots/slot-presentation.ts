import type { Slot } from '@docket/gateway/contract';
import type { SlotState } from '../api/contract-types.ts';

export type Tone = 'idle' | 'working' | 'verify' | 'safe' | 'attention' | 'failed' | 'unknown';

/** What a person may do with the recorder in the slot, right now. */
export type UndockAdvice = 'none' | 'yes' | 'wait' | 'unconfirmed' | 'unknown';

export type SlotHeadline = SlotState | 'unknown';

export interface SlotPresentation {
  headline: SlotHeadline;
  tone: Tone;
  undock: UndockAdvice;
  /** Whether a bar with bytes belongs on the tile. */
  showsProgress: boolean;
  /** Whether something is under way whose end cannot be told. */
  showsActivity: boolean;
}

const tones: Record<SlotState, Tone> = {
  empty: 'idle',
  attached: 'working',
  identifying: 'working',
  listing: 'working',
  copying: 'working',
  verifying: 'verify',
  safe: 'safe',
  releasing: 'verify',
  configuring: 'verify',
  updating: 'verify',
  attention: 'attention',
  failed: 'failed',
};

function adviceFor(slot: Slot): UndockAdvice {
  if (slot.state === 'empty') return 'none';
  if (slot.safeToUndock) return 'yes';
  // Nothing is left in the slot to advise on; the issue says to dock it again.
  if (slot.issue?.code === 'recorder-gone') return 'none';
  // Nothing was ever opened, so nothing can be lost by taking it out.
  if (slot.dockingId === null) return 'none';
  if (slot.state === 'failed' || slot.state === 'attention') return 'unconfirmed';
  return 'wait';
}

/**
 * Green only for a slot that is `safe`, that the gateway says may be undocked, and that is seen live. Everything
 * else, also a `safe` remembered from before the connection broke, is some other colour.
 */
export function presentSlot(slot: Slot, live: boolean): SlotPresentation {
  const { state } = slot;
  // A gateway newer than this page may know states that it does not.
  if (!live || tones[state] === undefined) {
    return {
      headline: 'unknown',
      tone: 'unknown',
      undock: 'unknown',
      showsProgress: false,
      showsActivity: false,
    };
  }
  const undock = adviceFor(slot);
  if (slot.state === 'safe' && !slot.safeToUndock) {
    return { headline: 'verifying', tone: 'verify', undock, showsProgress: false, showsActivity: true };
  }
  const showsProgress = (state === 'copying' || state === 'verifying') && slot.progress !== null;
  const busy = tones[state] === 'working' || tones[state] === 'verify';
  return {
    headline: state,
    tone: tones[state],
    undock,
    showsProgress,
    showsActivity: busy && !showsProgress,
  };
}
