import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pacedDriver, startSmpRecorder } from '@docket/device-protocol/simulator';
import { volumeDriver } from '@docket/device-protocol/transport';
import { runGateway } from '../app.ts';
import { loadConfig } from '../config/index.ts';
import type { Log } from '../log.ts';
import { makeFootage } from './footage.ts';
import { startLiveRecorders } from './live-recorders.ts';
import { tellCases } from './tell-cases.ts';
import { type VirtualRecorder, virtualRecorders } from './virtual-recorders.ts';

export interface DemoOptions {
  /** Everything the demo makes lies here; a second start finds it again. */
  directory: string;
  /** Extra settings, as `path=value`. */
  assignments: readonly string[];
  log: Log;
  signal: AbortSignal;
  /** Called when footage is being made for a recorder, which takes a while the first time. */
  onPreparing(card: string): void;
  /** Called once the dashboard can be opened. */
  onReady(url: string): void;
}

/** What a USB 2 recorder with a slow card gives. */
const cardBytesPerSecond = 6_000_000;

/** Between two recorders, as officers come one after another. */
const betweenDockingsMs = 5_000;

const wallClockOffsetMs = 8 * 3_600_000;

/**
 * The gateway with its embedded defaults, and virtual recorders that dock by themselves: real footage, a real pty, a
 * real folder of volumes. Runs until the signal aborts; then every recorder is taken out again.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const places = await demoPlaces(options.directory);
  const endOfShift = await shiftEnd(places.root);
  const recorders = virtualRecorders(endOfShift);
  const serialLink = join(places.serial, 'recorder');
  const config = await loadConfig({
    file: null,
    environment: {},
    assignments: [
      `store.directory=${places.store}`,
      `archive.directory.path=${places.archive}`,
      `volumes.directory=${places.volumes}`,
      'volumes.reconcileIntervalMs=500',
      // What a demonstration runs on is somebody's own machine.
      'clock.hostSource=assume-synchronised',
      'live.rtsp.port=0',
      `serial.ports=${JSON.stringify([{ devicePath: serialLink, slot: 'serial-1' }])}`,
      `slots=${JSON.stringify(recorders.map(({ slot, label }) => ({ slot, label })))}`,
      ...options.assignments,
    ],
  });
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const docked: (() => Promise<void>)[] = [];
  let telling: Promise<(() => Promise<void>) | undefined> = Promise.resolve(undefined);
  const { log } = options;
  const tellAll = async (url: string, rtspPort: number | null) => {
    await tellCases(url, endOfShift, log, signal);
    return rtspPort === null ? undefined : startLiveRecorders({ url, rtspPort, log, signal });
  };
  const gateway = runGateway({
    config,
    log: options.log,
    signal,
    drivers: { volume: pacedDriver(volumeDriver, cardBytesPerSecond) },
    onReady: (url, { rtspPort }) => {
      options.onReady(url);
      telling = tellAll(url, rtspPort);
    },
  });
  try {
    await Promise.all([gateway, dockAll(recorders, places, serialLink, docked, { ...options, signal })]);
  } finally {
    stop.abort();
    await gateway.catch(() => {});
    const hangUp = await telling;
    await hangUp?.();
    for (const undock of docked) await undock();
  }
}

interface DemoPlaces {
  root: string;
  store: string;
  archive: string;
  volumes: string;
  cards: string;
  serial: string;
}

async function demoPlaces(root: string): Promise<DemoPlaces> {
  const below = (name: string) => join(root, name);
  const places = {
    root,
    store: below('store'),
    archive: below('archive'),
    volumes: below('volumes'),
    cards: below('cards'),
    serial: below('serial'),
  };
  for (const folder of Object.values(places)) await mkdir(folder, { recursive: true });
  return places;
}

/** The end of the demo's shift: fixed at the first start, so that a second start finds the same clips. */
async function shiftEnd(root: string): Promise<Date> {
  const file = join(root, 'shift-end.txt');
  try {
    return new Date(await readFile(file, 'utf8'));
  } catch {
    const end = new Date(Math.floor((Date.now() + wallClockOffsetMs) / 1000) * 1000);
    await writeFile(file, end.toISOString());
    return end;
  }
}

/** Docks one recorder after another; a recorder whose footage is still being made comes later. */
async function dockAll(
  recorders: readonly VirtualRecorder[],
  places: DemoPlaces,
  serialLink: string,
  docked: (() => Promise<void>)[],
  options: DemoOptions,
): Promise<void> {
  const { signal } = options;
  try {
    for (const recorder of recorders) {
      const card = join(places.cards, recorder.card);
      const volume = join(places.volumes, recorder.slot);
      // Left in its slot by a run that was cut off.
      if (await isThere(volume)) await rename(volume, card);
      await mkdir(card, { recursive: true });
      options.onPreparing(recorder.card);
      for (const plan of recorder.footage) await makeFootage(card, plan, signal);
      if (recorder.reachedBy === 'volume') {
        await rename(card, volume);
        docked.push(() => rename(volume, card));
      } else {
        docked.push(await plugIn(recorder, card, serialLink));
      }
      await delay(betweenDockingsMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function plugIn(recorder: VirtualRecorder, card: string, link: string): Promise<() => Promise<void>> {
  const { serialNumber, officerNumber } = recorder.identity;
  const simulator = await startSmpRecorder({
    folder: card,
    link,
    identity: { serial: serialNumber, officer: officerNumber, model: 'Virtual SMP recorder' },
    // A recorder whose clock runs 74 s ahead: the dock measures it and says so.
    clock: { offsetMs: 74_000 },
  });
  return () => simulator.close();
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
