import type { Clip, GatewayEvent, Health, Slot } from '@docket/gateway/contract';
import { reactive, readonly } from 'vue';
import { eventsUrl, readHealth, readSlots } from '../api/resources.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { sortSlots, withSlot } from './slot-board.ts';

/** `live` only while events arrive and the board was read after they began to. */
export type Connection = 'connecting' | 'live' | 'lost';

interface LiveState {
  connection: Connection;
  slots: Slot[];
  health: Health | null;
  /** Gateway clock minus browser clock: a wall screen's own clock may be anything. */
  clockAheadMs: number;
  /** When the board was last known to be true, by the browser's clock. */
  lastLiveAtMs: number | null;
}

const state = reactive<LiveState>({
  connection: 'connecting',
  slots: [],
  health: null,
  clockAheadMs: 0,
  lastLiveAtMs: null,
});

export const liveState = readonly(state) as Readonly<LiveState>;

const probeEveryMs = 5_000;
const probeTimeoutMs = 4_000;
const clipListeners = new Set<(clip: Clip) => void>();

let stream: EventStream | undefined;
let probeTimer: ReturnType<typeof setInterval> | undefined;
let hiddenAtMs = 0;
/** Slot events that came while the board was being read; they are newer than what is read, or equal to it. */
let waiting: Slot[] | undefined;
let generation = 0;

export function onClip(listener: (clip: Clip) => void): () => void {
  clipListeners.add(listener);
  return () => clipListeners.delete(listener);
}

async function refreshHealth(): Promise<void> {
  const health = await readHealth(AbortSignal.timeout(probeTimeoutMs));
  state.health = health;
  state.clockAheadMs = Date.parse(health.now) - Date.now();
}

/** Asks for health at a steady pace: a dead network can leave an event stream open and silent for minutes. */
async function probe(): Promise<void> {
  const asked = generation;
  try {
    await refreshHealth();
    if (asked === generation && state.connection === 'live') state.lastLiveAtMs = Date.now();
  } catch {
    if (asked === generation && state.connection === 'live') stream?.restart();
  }
}

async function readBoard(): Promise<void> {
  generation += 1;
  const current = generation;
  waiting = [];
  try {
    const [slots] = await Promise.all([readSlots(AbortSignal.timeout(probeTimeoutMs)), refreshHealth()]);
    if (current !== generation) return;
    state.slots = waiting.reduce<Slot[]>(withSlot, sortSlots(slots));
    waiting = undefined;
    state.connection = 'live';
    state.lastLiveAtMs = Date.now();
  } catch {
    if (current === generation) stream?.restart();
  }
}

function take(event: GatewayEvent): void {
  if (event.type === 'slot') {
    if (waiting) waiting.push(event.slot);
    else state.slots = withSlot(state.slots, event.slot);
  } else if (event.type === 'clip') {
    for (const listener of clipListeners) listener(event.clip);
  } else {
    void probe();
  }
}

function markLost(): void {
  generation += 1;
  waiting = undefined;
  state.connection = 'lost';
  // The reason may be that the session ended; the answer to any request tells.
  void readHealth(AbortSignal.timeout(probeTimeoutMs)).catch(() => {});
}

function noticeVisibility(): void {
  if (document.visibilityState === 'hidden') hiddenAtMs = Date.now();
  else if (hiddenAtMs > 0 && Date.now() - hiddenAtMs > probeEveryMs) stream?.restart();
}

export function startLive(): void {
  if (stream) return;
  state.connection = 'connecting';
  stream = openEventStream(eventsUrl, { opened: () => void readBoard(), lost: markLost, event: take });
  probeTimer = setInterval(() => void probe(), probeEveryMs);
  document.addEventListener('visibilitychange', noticeVisibility);
}

export function stopLive(): void {
  stream?.close();
  stream = undefined;
  clearInterval(probeTimer);
  document.removeEventListener('visibilitychange', noticeVisibility);
  generation += 1;
  state.connection = 'connecting';
  state.slots = [];
  state.health = null;
}
