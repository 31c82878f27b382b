import type { Calibration, Clip, GatewayEvent, Health, Recorder, Slot } from '@docket/gateway/contract';
import { reactive, readonly } from 'vue';
import { eventsUrl, readCalibration, readHealth, readSlots } from '../api/resources.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { sortSlots, withSlot } from './slot-board.ts';

/** `live` only while events arrive and the board was read after they began to. */
export type Connection = 'connecting' | 'live' | 'lost';

interface LiveState {
  connection: Connection;
  slots: Slot[];
  health: Health | null;
  calibration: Calibration | null;
  /** Gateway clock minus browser clock: a wall screen's own clock may be anything. */
  clockAheadMs: number;
  /** When the board was last known to be true, by the browser's clock. */
  lastLiveAtMs: number | null;
}

const state = reactive<LiveState>({
  connection: 'connecting',
  slots: [],
  health: null,
  calibration: null,
  clockAheadMs: 0,
  lastLiveAtMs: null,
});

export const liveState = readonly(state) as Readonly<LiveState>;

const probeEveryMs = 5_000;
const probeTimeoutMs = 4_000;
const clipListeners = new Set<(clip: Clip) => void>();
const recorderListeners = new Set<(recorder: Recorder) => void>();
const mappingListeners = new Set<() => void>();
const onSiteListeners = new Set<() => void>();
const archiveListeners = new Set<() => void>();

let stream: EventStream | undefined;
let probeTimer: ReturnType<typeof setInterval> | undefined;
let hiddenAtMs = 0;
type BoardEvent = Extract<GatewayEvent, { type: 'slot' | 'slot-removed' }>;

/** Slot events that came while the board was being read; they are newer than what is read, or equal to it. */
let waiting: BoardEvent[] | undefined;
let generation = 0;

export function onClip(listener: (clip: Clip) => void): () => void {
  clipListeners.add(listener);
  return () => clipListeners.delete(listener);
}

export function onRecorder(listener: (recorder: Recorder) => void): () => void {
  recorderListeners.add(listener);
  return () => recorderListeners.delete(listener);
}

/** Told that links of clips or the queue changed. */
export function onMapping(listener: () => void): () => void {
  mappingListeners.add(listener);
  return () => mappingListeners.delete(listener);
}

/** Told that live streams, operations or alarms changed. */
export function onSite(listener: () => void): () => void {
  onSiteListeners.add(listener);
  return () => onSiteListeners.delete(listener);
}

/** Told that an archive target, its queue or a feed changed. */
export function onArchive(listener: () => void): () => void {
  archiveListeners.add(listener);
  return () => archiveListeners.delete(listener);
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
    const [slots, calibration] = await Promise.all([
      readSlots(AbortSignal.timeout(probeTimeoutMs)),
      readCalibration(AbortSignal.timeout(probeTimeoutMs)),
      refreshHealth(),
    ]);
    if (current !== generation) return;
    state.slots = waiting.reduce<Slot[]>(applied, sortSlots(slots));
    state.calibration = calibration;
    waiting = undefined;
    state.connection = 'live';
    state.lastLiveAtMs = Date.now();
  } catch {
    if (current === generation) stream?.restart();
  }
}

function applied(slots: readonly Slot[], event: BoardEvent): Slot[] {
  return event.type === 'slot'
    ? withSlot(slots, event.slot)
    : slots.filter(({ slot }) => slot !== event.slot);
}

function take(event: GatewayEvent): void {
  switch (event.type) {
    case 'slot':
    case 'slot-removed':
      if (waiting) waiting.push(event);
      else state.slots = applied(state.slots, event);
      break;
    case 'calibration':
      state.calibration = event.calibration;
      break;
    case 'clip':
      for (const listener of clipListeners) listener(event.clip);
      break;
    case 'mapping':
      for (const listener of mappingListeners) listener();
      break;
    case 'recorder':
      for (const listener of recorderListeners) listener(event.recorder);
      break;
    case 'live':
    case 'operation':
    case 'alarm':
      for (const listener of onSiteListeners) listener();
      break;
    case 'archive':
      for (const listener of archiveListeners) listener();
      break;
    case 'health':
      void probe();
      break;
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
  state.calibration = null;
}
