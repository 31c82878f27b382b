import { mkdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsbPlaces } from '@docket/device-protocol/transport';
import { type ClipRecord, hasLocalMedia, Ingest } from '@docket/ingest';
import { atMostEvery } from './archive/archive-desk.ts';
import { archiveOptions } from './archive/archive-options.ts';
import { ProbesUnderWay } from './archive/probes-under-way.ts';
import { addArchiveFeeds } from './archive-feeds/index.ts';
import { clockOptions } from './clock-options.ts';
import { CodeReader } from './codes/index.ts';
import { type Component, runningComponent } from './component.ts';
import type { Config } from './config/index.ts';
import { createDisclosureSender, disclosurePolicy, openDisclosureKey } from './disclosure/index.ts';
import { FirmwareCare, RollOutIndex, readRollOutViews } from './firmware/index.ts';
import { gatewayHealth, tellHealth } from './gateway-health.ts';
import { createHttpServer, EventHub, type HttpDependencies } from './http/index.ts';
import { Live } from './live/live.ts';
import type { Log } from './log.ts';
import { PictureComparer } from './pictures/index.ts';
import { createPreviews } from './previews/index.ts';
import {
  type Drivers,
  loadPlugins,
  type Plugin,
  recorderDrivers,
  recorderSources,
} from './recorders/index.ts';
import { serviceManager } from './service-manager/index.ts';
import { SlotBoard } from './slots/slot-board.ts';
import { SlotCalibration } from './slots/slot-calibration.ts';
import { SlotDisplay } from './slots/slot-display.ts';
import { SlotLabels } from './slots/slot-labels.ts';
import { SlotSupervisor } from './slots/slot-supervisor.ts';
import { version } from './version.ts';

export interface GatewayOptions {
  config: Config;
  log: Log;
  signal: AbortSignal;
  /** Drivers of virtual recorders. */
  drivers?: Partial<Drivers>;
  /** Where systemd says how it wants to be told; a gateway without it runs under no service manager. */
  environment?: NodeJS.ProcessEnv;
  /** Where the machine lists its USB devices; a test brings its own. */
  usbDevicesDirectory?: string;
  /** Called once everything runs, with where the dashboard is and where live streams are taken (`null`: nowhere). */
  onReady?(url: string, live: { rtspPort: number | null; rtmpPort: number | null }): void;
}

/** How often it is told that the archive side changed, where it changes all the time. */
const archiveTellMs = 1_000;

/** A source of recorders that had no look for this long hangs; a look is due every few seconds. */
const longestLookMs = 60_000;

/**
 * Builds the gateway part by part, runs it until the signal aborts, and closes it in reverse order. Throws where a
 * part cannot start (index unusable, port taken); whatever had started is closed first.
 */
export async function runGateway(options: GatewayOptions): Promise<void> {
  const { config, log, signal } = options;
  const plugins = await loadPlugins(config);
  const board = new SlotBoard();
  const told: { clip(clipId: string): void; live(): void } = { clip: () => {}, live: () => {} };
  await mkdir(config.store.directory, { recursive: true, mode: 0o750 });
  const labels = await openLabels(options);
  const calibration = new SlotCalibration(labels);
  const display = new SlotDisplay(board, labels);
  labels.onChange(() => display.relabel());
  const ingest = await openIngest(config, log, display, (clipId) => told.clip(clipId));
  const started: Component[] = [];
  try {
    log.info({ version, recovery: ingest.recovery }, 'store opened');
    const mediaPath = async (clip: ClipRecord) =>
      hasLocalMedia(clip) ? ingest.layout.mediaFile(clip.clipId, clip.name) : null;
    const live = openLive(options, ingest, () => told.live());
    const probes = new ProbesUnderWay((target, stop, person) =>
      ingest.archive.forwarder.probe(target, stop, person),
    );
    const disclosureKey = await openDisclosureKey(config.disclosure, config.store.directory);
    const { http, events, health } = await buildHttp(
      options,
      ingest,
      {
        board,
        labels,
        calibration,
        disclosureKey: disclosureKey.told,
        live,
        liveStreams: live.streams,
        livePlay: live.play,
        archive: {
          archive: ingest.archive,
          index: ingest.database,
          probes,
          settings: config,
          storeRoom: () => ingest.storeRoom(),
        },
      },
      mediaPath,
    );
    const tell = (clipId: string) => events.clipChanged(clipId);
    told.live = () => events.publish({ type: 'live' });
    const archiveChange = atMostEvery(archiveTellMs, () => events.publish({ type: 'archive' }));
    ingest.archive.forwarder.onChange(archiveChange.call);
    const codes = new CodeReader({
      database: ingest.database,
      mediaPath,
      mapping: ingest.caseWork.mapping,
      codeSeconds: config.mapping.codeSeconds,
      log,
    });
    const pictures = new PictureComparer({
      database: ingest.database,
      comparisons: ingest.comparisons,
      mediaPath,
      directory: join(config.store.directory, 'pictures'),
      onCompared: () => ingest.caseWork.reckoner.wake(),
      log,
    });
    ingest.caseWork.reconciliation.onWaiting(() => pictures.wake());
    const previews = createPreviews({
      database: ingest.database,
      mediaPath,
      times: ingest.clipTimes,
      thumbnailPath: (clipId) => thumbnailPath(config.store.directory, clipId),
      onClip: (clipId) => {
        tell(clipId);
        codes.wake();
        pictures.wake();
        ingest.caseWork.reckoner.wake();
      },
      log,
    });
    told.clip = (clipId) => {
      tell(clipId);
      previews.wake();
    };
    const sender = createDisclosureSender({
      settings: config.disclosure,
      dockName: config.dock.name,
      disclosure: ingest.caseWork.disclosure,
      key: disclosureKey,
      log,
    });
    await addArchiveFeeds({
      archive: ingest.archive,
      settings: config.archive.feeds,
      organisation: config.archive.organisation,
      dockName: config.dock.name,
      storeDirectory: config.store.directory,
    });
    const end = new Ending(signal);
    const slots = watchSlots(options, { plugins, ingest, display, calibration });
    const parts: Component[] = [
      http,
      live,
      previews,
      codes,
      pictures,
      probes,
      runningComponent('forwarder', (stop) => ingest.archive.forwarder.run(stop), end.fail),
      runningComponent('index records', (stop) => ingest.archive.records.run(stop), end.fail),
      runningComponent('record feeds', (stop) => ingest.archive.feeds.run(stop), end.fail),
      runningComponent('local copies', (stop) => ingest.localCopies.run(stop), end.fail),
      runningComponent(
        'custody heads',
        (stop) => ingest.archive.heads.run(ingest.archive.targets, stop),
        end.fail,
      ),
      runningComponent('eraser', (stop) => ingest.eraser.run(stop), end.fail),
      runningComponent('reckoner', (stop) => ingest.caseWork.reckoner.run(stop), end.fail),
      runningComponent('disclosure', (stop) => sender.run(stop), end.fail),
      runningComponent('slots', (stop) => slots.run(stop), end.fail),
      runningComponent('health', (stop) => tellHealth(health, events, stop), end.fail),
      serviceManager({
        environment: options.environment ?? {},
        ailment: async () => {
          // Needs the index, and a thread of the pool that a hung medium may have used up.
          await health();
          return slots.isWatching(longestLookMs) ? null : 'no look at the slots';
        },
        log,
      }),
    ];
    for (const part of parts) {
      await part.start(signal);
      started.push(part);
    }
    options.onReady?.(http.url(), { rtspPort: live.rtspAddress()?.port ?? null, rtmpPort: live.rtmpPort() });
    await end.reached;
  } catch (error) {
    // Told to stop while still starting: a clean end all the same.
    if (!signal.aborted) throw error;
  } finally {
    log.info('stopping');
    for (const part of started.reverse()) await part.stop();
    calibration.stop();
    display.stop();
    await ingest.close();
    log.info('stopped');
  }
}

function openIngest(
  config: Config,
  log: Log,
  display: SlotDisplay,
  onClip: (clipId: string) => void,
): Promise<Ingest> {
  return Ingest.open({
    dockName: config.dock.name,
    storeDirectory: config.store.directory,
    space: {
      reserveBytes: config.store.reserveBytes,
      highWaterShare: config.store.highWaterPercent / 100,
      lowWaterShare: config.store.lowWaterPercent / 100,
      keepLocalDays: config.store.keepLocalDays,
    },
    hashWorkers: config.pull.hashWorkers ?? availableParallelism(),
    stallTimeoutMs: config.pull.stallTimeoutMs,
    compareDeviceHash: config.pull.compareDeviceHash,
    clock: clockOptions(config.clock),
    archive: {
      ...archiveOptions(config),
      onFeedError: (error, feed) =>
        log.warn({ err: error, feed }, 'index records are not taken; tried again'),
      onFeedLoss: (feed, loss) => log.error({ feed, loss }, 'a feed has lost index records; sent again'),
    },
    releasePolicy: config.release.policy,
    careFor: (store) => new FirmwareCare({ settings: config.firmware, index: new RollOutIndex(store), log }),
    onClip,
    onStatus: (status) => display.status(status),
    onForwardError: (error, clipId) => log.error({ err: error, clipId }, 'forwarding failed'),
    mapping: { nearMs: config.mapping.nearMs },
    live: { segmentSeconds: config.live.segmentSeconds, assumedDelayMs: config.live.assumedDelayMs },
    disclosure: disclosurePolicy(config.disclosure),
    caseWork: {
      uploadHours: config.deadlines.handInHours,
      calendar: config.calendar,
      deadlines: config.deadlines,
      retention: {
        policy: { unlinkedMonths: config.retention.unlinkedMonths },
        isByTwoPersons: config.retention.twoPersonDeletion,
      },
    },
    onLocalCopyError: (error, clipId) => log.error({ err: error, clipId }, 'a local copy could not leave'),
    readsCodes: config.mapping.codeSeconds > 0,
    onDeletionError: (error, clipId) => log.error({ err: error, clipId }, 'deletion failed'),
    coverage: config.coverage,
    onReckonError: (error, kind, ids) => log.error({ err: error, kind, ids }, 'reckoning failed'),
  });
}

/** What carries live streams into the store and to viewers. */
function openLive({ config, log }: GatewayOptions, ingest: Ingest, onChange: () => void): Live {
  return new Live({
    settings: config.live,
    sources: ingest.liveSources,
    operations: ingest.caseWork.operations,
    alarms: ingest.caseWork.liveAlarms,
    recorder: ingest.live,
    onChange,
    log,
  });
}

/** The names of slots, kept beside the index. */
function openLabels({ config, log, usbDevicesDirectory }: GatewayOptions): Promise<SlotLabels> {
  return SlotLabels.open({
    file: join(config.store.directory, 'slots.json'),
    places: new UsbPlaces(usbDevicesDirectory === undefined ? {} : { devicesDirectory: usbDevicesDirectory }),
    configured: config.slots,
    log,
  });
}

/** What HTTP shows of slots and live streams, and the key of what is disclosed. */
type ShownParts = Pick<
  HttpDependencies,
  'board' | 'labels' | 'calibration' | 'disclosureKey' | 'live' | 'liveStreams' | 'livePlay' | 'archive'
>;

async function buildHttp(
  options: GatewayOptions,
  ingest: Ingest,
  shown: ShownParts,
  mediaPath: (clip: ClipRecord) => Promise<string | null>,
) {
  const { config, log } = options;
  const startedAt = new Date();
  const releasePolicy = config.release.policy;
  const { reserveBytes } = config.store;
  const events = new EventHub(ingest.database, log);
  shown.board.onChange((slot) => events.publish({ type: 'slot', slot }));
  shown.board.onRemoved((slot) => events.publish({ type: 'slot-removed', slot }));
  shown.calibration.onChange((calibration) => events.publish({ type: 'calibration', calibration }));
  ingest.caseWork.mapping.onChange(() => events.publish({ type: 'mapping' }));
  ingest.ledger.onAct((recorderId) => events.recorderChanged(recorderId));
  ingest.caseWork.operations.onChange((operationId) => events.operationChanged(operationId));
  ingest.caseWork.liveAlarms.onChange((alarmId) => events.alarmChanged(alarmId));
  ingest.liveSources.onChange(() => events.publish({ type: 'live' }));
  const health = () => gatewayHealth({ ingest, version, startedAt, releasePolicy, reserveBytes });
  const rollOuts = new RollOutIndex(ingest);
  const http = await createHttpServer({
    http: config.http,
    version,
    database: ingest.database,
    caseWork: ingest.caseWork,
    zone: config.clock.assumedZone,
    pdfBrowser: config.review.pdfBrowser,
    clockLimits: clockOptions(config.clock).policy.limits,
    ...shown,
    events,
    ledger: ingest.ledger,
    liveSources: ingest.liveSources,
    writeIdentity: (slot, wanted, ground) => ingest.writeIdentity(slot, wanted, ground),
    health,
    rollOuts: {
      list: () => readRollOutViews(config.firmware, rollOuts),
      resume: (imageHash, ground) => rollOuts.resume(imageHash, ground),
    },
    mediaPath,
    thumbnailPath: (clipId) => thumbnailPath(config.store.directory, clipId),
    dashboardDirectory: await builtDashboard(),
    log,
  });
  return { http, events, health };
}

interface SlotSupervision {
  plugins: readonly Plugin[];
  ingest: Ingest;
  display: SlotDisplay;
  calibration: SlotCalibration;
}

function watchSlots(
  options: GatewayOptions,
  { plugins, ingest, display, calibration }: SlotSupervision,
): SlotSupervisor {
  const { config, log, drivers = {} } = options;
  const recorders = recorderSources(config, plugins, log);
  return new SlotSupervisor({
    sources: [calibration.watching(recorders)],
    driverFor: recorderDrivers({ config, faces: recorders, plugins, drivers, log }),
    runDocking: async (driver, attachment, stop) => {
      await calibration.ended(stop);
      return stop.aborted ? null : ingest.runDocking(driver, attachment, stop);
    },
    onRefused: (refusal) => display.refused(refusal),
    onDetached: (slot) => display.detached(slot),
    log,
  });
}

/** Thumbnails are derived and lie apart from the clips: deleting them loses nothing. */
function thumbnailPath(storeDirectory: string, clipId: string): string {
  return join(storeDirectory, 'previews', `${clipId}.jpg`);
}

/** The dashboard as built beside this package, or `null` where it was not built. */
async function builtDashboard(): Promise<string | null> {
  const directory = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));
  try {
    return (await stat(directory)).isDirectory() ? directory : null;
  } catch {
    return null;
  }
}

/** The gateway ends when it is told to, or when a part that must run cannot: the system then starts it anew. */
class Ending {
  readonly reached: Promise<void>;
  readonly fail: (error: unknown) => void;

  constructor(signal: AbortSignal) {
    let fail: (error: unknown) => void = () => {};
    this.reached = new Promise((resolve, reject) => {
      fail = reject;
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.reached.catch(() => {});
    this.fail = fail;
  }
}
